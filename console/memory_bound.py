"""How much memory the two Redis servers need at most, from the settings and what the cameras give.

The figures for a record are those of a Valkey server of today, measured; allocators differ, which is what ``ROOM`` is
for. Records of people are as long as camera ids and zone names make them; these are of usual length.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from shared.cameras import Camera
from shared.settings import EventsSettings, ProducerSettings, WorkerSettings
from shared.streams import QUARTER_S
from shared.tracks import MAX_TRACKS_ENTRIES

# What the process holds beyond its data: an allocator hands out sizes up to a quarter larger than asked for, and
# keeps holes where entries of other sizes were.
ROOM = 1.25
SERVER_BYTES = 12_000_000  # an empty server, its scripts and connections

# Frames server.
FRAME_BYTES = 3_000  # beside the JPEG: header with its regions, the stream's node, the mark of who has it
RESULT_BYTES = 600
DETECTION_BYTES = 260
FACE_BYTES = 6_000  # a JPEG of 96 to 160 px
DEAD_LETTER_BYTES = 1_600
TRACKS_BYTES = 3_000  # who is in one frame, while somebody watches
STREAMS_BYTES = 8_000  # of one camera: its streams, its group with some consumers, its fence
_TRIM_EVERY_S = 1.0
_NODE_BYTES = 4_096  # trimming removes whole nodes only
_EVENTS_READ = 64  # results of each camera in one answer
_FENCED_LOSSLESS = 4  # a file's stream is cut at so many times what may be in flight

# State server.
CAMERA_BYTES = 24_000  # declaration, status, leases, lifetime counts, a checkpoint with a crowd in it
QUARTER_BYTES = 1_300  # counts of a quarter of an hour
EPOCH_BYTES = 1_600  # counts of one epoch of a camera: each time that it was opened anew by another producer
VIOLATION_BYTES = 800  # the record
CHANGE_BYTES = 600  # one entry of the log of changes
SNAPSHOT_BYTES = 8_000  # a request for a picture that waits, with the face
_MAX_LOG_ENTRIES = 10_000
_MAX_SNAPSHOTS_WAITING = 500
_CHANGES = 3  # entries of the log that a violation makes: opened, updated, ended


@dataclass(frozen=True)
class Traffic:
    """What one camera gives at its busiest.

    ``jpeg_bytes`` of its largest pictures gives a bound, of usual ones what is to be expected. ``faces`` are those in
    a frame, ``bare_faces`` those of them whose picture is kept with the result: bare or of an unsure label.
    """

    fps: float = 5.0
    jpeg_bytes: int = 130_000
    faces: float = 4.0
    bare_faces: float = 2.0
    is_lossless: bool = False

    @classmethod
    def of(cls, camera: Camera, default_fps: float, jpeg_bytes: int) -> "Traffic":
        """As declared, with people as usual."""
        return cls(camera.fps or default_fps, jpeg_bytes, is_lossless=camera.is_lossless)


@dataclass(frozen=True)
class FramesMemory:
    """Bytes on the frames server, by what they are for."""

    frames: int
    results: int
    letters_and_tracks: int
    streams: int
    answers: int  # what is on its way to those who read

    @property
    def data_bytes(self) -> int:
        """All of them, as ``used_memory`` counts."""
        return SERVER_BYTES + self.frames + self.results + self.letters_and_tracks + self.streams + self.answers

    @property
    def bytes(self) -> int:
        """What the process holds at most."""
        return round(ROOM * self.data_bytes)


@dataclass(frozen=True)
class StateMemory:
    """Bytes on the state server, by what they are for."""

    cameras: int
    history: int
    violations: int
    log: int
    snapshots: int

    @property
    def data_bytes(self) -> int:
        """All of them, as ``used_memory`` counts."""
        return SERVER_BYTES + self.cameras + self.history + self.violations + self.log + self.snapshots

    @property
    def bytes(self) -> int:
        """What the process holds at most, but while it rewrites its log: then what changes meanwhile twice."""
        return round(ROOM * self.data_bytes)


def frames_held(traffic: Traffic, settings: ProducerSettings) -> int:
    """How many frames of a camera are in its stream at most."""
    if traffic.is_lossless:
        return _FENCED_LOSSLESS * settings.max_frames_in_flight
    by_age = math.ceil(traffic.fps * (settings.max_frame_age_s + _TRIM_EVERY_S))
    return min(settings.max_frames_per_camera, by_age)


def result_bytes(traffic: Traffic) -> int:
    """Bytes of one result with its faces."""
    return round(RESULT_BYTES + traffic.faces * DETECTION_BYTES + traffic.bare_faces * FACE_BYTES)


def frames_server(
    cameras: Iterable[Traffic], producer: ProducerSettings, worker: WorkerSettings, workers: int = 1
) -> FramesMemory:
    """The most that frames and results take, while somebody watches all cameras and the events stage is behind."""
    given = list(cameras)
    largest = max((each.jpeg_bytes for each in given), default=0)
    readers = workers * worker.batch_frames + len(given)  # batches, and a frame of each camera on its way in
    return FramesMemory(
        frames=sum(frames_held(each, producer) * (each.jpeg_bytes + FRAME_BYTES) for each in given),
        results=sum(producer.max_results_per_camera * result_bytes(each) + 2 * _NODE_BYTES for each in given),
        letters_and_tracks=len(given)
        * (worker.max_dead_letters * DEAD_LETTER_BYTES + MAX_TRACKS_ENTRIES * TRACKS_BYTES),
        streams=len(given) * STREAMS_BYTES,
        answers=readers * largest + sum(_EVENTS_READ * result_bytes(each) for each in given),
    )


def state_server(
    cameras: int, settings: EventsSettings, violations_a_day: float = 200.0, openings_a_day: float = 24.0
) -> StateMemory:
    """The most that the state server keeps for so many cameras, each with so many violations and openings a day.

    Nothing bounds violations but their age, so this holds for as many as are given. ``openings_a_day`` are those of
    a camera by a producer that did not have it before.
    """
    kept = violations_a_day * settings.violation_days
    logged = min(_CHANGES * kept, _MAX_LOG_ENTRIES)
    quarters = settings.history_days * 86_400 / QUARTER_S
    return StateMemory(
        cameras=round(cameras * (CAMERA_BYTES + 30 * openings_a_day * EPOCH_BYTES)),
        history=round(cameras * quarters * QUARTER_BYTES),
        violations=round(cameras * kept * VIOLATION_BYTES),
        log=round(cameras * logged * CHANGE_BYTES),
        snapshots=cameras * _MAX_SNAPSHOTS_WAITING * SNAPSHOT_BYTES,
    )
