"""What the whole system does right now, read from both servers at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import redis

from console import backlog
from console.backlog import Backlog
from console.compliance import reference
from console.compliance.compliance import Compliance, compliance
from console.compliance.reference import Reference
from console.counting.counts import Counts, parsed
from console.counting.figures import Figures
from console.counting.last_day import LastDay
from console.counting.sight import Blindness, Sight, sight
from console.heartbeat import reading as heartbeat
from console.heartbeat.reading import HeartbeatReading
from shared import camera_list, heartbeats
from shared.cameras import Camera, CameraState, CaptureStatus
from shared.connections import Servers
from shared.messages import BlindReason, ProcessInfo
from shared.settings import WorkerSettings
from shared.standing import STANDING, standing
from shared.streams import KeySpace

_AT_REST = frozenset({CameraState.FAILED, CameraState.STOPPED})
_DAY_S = 86_400.0
_UNJUDGED_FOR = timedelta(seconds=10)  # a frame that waits for so long is not judged


@dataclass(frozen=True)
class CameraOverview:
    """One camera: what it is, how it is captured, how far it is judged. Epochs are -1 where there is none yet."""

    camera: Camera
    capture: CaptureStatus | None
    counts: Counts  # since the camera was first attached
    day: Counts  # of the last 24 hours
    capture_counts: Counts  # what befell it since then (see ``CaptureCountField``)
    pass_counts: Counts  # of this pass over a file
    judged_epoch: int
    next_sequence: int
    done_epoch: int
    backlog: Backlog
    has_producer: bool

    @property
    def state(self) -> CameraState:
        """Where the camera is; what a producer said before it died does not count."""
        if self.capture is None or self._is_of_another_pass:
            return CameraState.CONNECTING
        # A live camera that failed is tried again, but only while it has a producer.
        is_at_rest = self.capture.state in (_AT_REST if self.camera.is_lossless else {CameraState.STOPPED})
        if is_at_rest or self.has_producer:
            return self.capture.state
        return CameraState.CONNECTING

    @property
    def _is_of_another_pass(self) -> bool:
        return self.camera.is_lossless and self.capture is not None and self.capture.epoch != self.camera.epoch

    @property
    def progress(self) -> str:
        """The state for people: a file that is judged to its end is done, unless it failed."""
        is_done = self.camera.is_lossless and self.is_done and self.state != CameraState.FAILED
        return "done" if is_done else self.state.value

    @property
    def message(self) -> str:
        """What a producer last said of it, redacted; empty while all is well."""
        return self.capture.message if self.capture else ""

    @property
    def frames_per_second(self) -> float:
        """Frames captured a second, 0 unless the camera is live."""
        return self.capture.frames_per_second if self.capture and self.state == CameraState.LIVE else 0.0

    @property
    def captured_in_pass(self) -> int:
        """Frames captured of this pass over a file."""
        return 0 if self.capture is None or self._is_of_another_pass else self.capture.captured

    @property
    def captured(self) -> int:
        """Frames captured since the camera was first attached: those that ended and those in flight."""
        if self.capture is None:
            return self.counts.judged
        judged = self.next_sequence if self.judged_epoch == self.capture.epoch else 0
        return self.counts.judged + max(0, self.capture.captured - judged)

    def blindness(self, now: datetime) -> Blindness | None:
        """Why and for how long a live camera's scene has not been seen, while that goes on; ``None`` while it is."""
        if self.camera.is_lossless or self.capture is None:
            return None
        last_at, oldest_at = self.capture.last_frame_at, self.backlog.oldest_at
        if self.state != CameraState.LIVE:
            seconds = 0.0 if last_at is None else max(0.0, (now - last_at).total_seconds())
            return Blindness(BlindReason.NO_PICTURE, seconds)
        if oldest_at is not None and now - oldest_at > _UNJUDGED_FOR:
            return Blindness(BlindReason.NOT_JUDGED, (now - oldest_at).total_seconds())
        return None

    @property
    def is_done(self) -> bool:
        """Whether nothing more will come of this pass: all of it is judged."""
        if self.done_epoch >= self.camera.epoch:
            return True
        if self.state not in _AT_REST:
            return False
        judged = self.next_sequence if self.judged_epoch == self.camera.epoch else 0
        return self.state == CameraState.FAILED and judged >= self.captured_in_pass


@dataclass(frozen=True)
class Overview:
    """The system at one instant."""

    read_at: datetime
    cameras: tuple[CameraOverview, ...]
    processes: tuple[ProcessInfo, ...]
    reference: Reference | None = None  # what compliance is corrected with
    heartbeat: HeartbeatReading | None = None

    def sight(self, each: CameraOverview) -> Sight:
        """For how long a camera's scene was seen in the last 24 hours."""
        return sight(each.day, each.blindness(self.read_at), _DAY_S)

    def figures(self, each: CameraOverview) -> Figures:
        """All that is told of a camera's counts since it was first attached."""
        return Figures(each.counts, sight(each.counts), self.compliance(each.counts))

    def compliance(self, counts: Counts) -> Compliance:
        """The rate of masked people of some counts."""
        return compliance(counts, self.reference)

    @property
    def has_producer(self) -> bool:
        """Whether any producer spoke lately."""
        return any(process.role == "producer" for process in self.processes)

    def age_s(self, instant: datetime | None) -> float | None:
        """Seconds since an instant, 0 at least; ``None`` for none."""
        return None if instant is None else max(0.0, (self.read_at - instant).total_seconds())

    @property
    def workers(self) -> list[ProcessInfo]:
        """The workers that spoke lately."""
        return [process for process in self.processes if process.role == "worker"]

    @property
    def detectors(self) -> list[str]:
        """The detectors of those workers, by name."""
        return sorted({worker.detector for worker in self.workers})

    @property
    def frames_waiting(self) -> int:
        """Frames of all cameras that no worker has been given."""
        return sum(each.backlog.waiting for each in self.cameras)


def cameras(state: redis.Redis) -> list[Camera]:
    """The attached cameras, by id."""
    return sorted(camera_list.read(state).values(), key=lambda camera: camera.id)


def read(servers: Servers, keys: KeySpace, last_day: LastDay | None = None) -> Overview:
    """Read everything; who reads again and again hands over what remembers the last day."""
    now = datetime.now(UTC)
    attached = cameras(servers.state)
    ids = [camera.id for camera in attached]
    processes = heartbeats.read(servers.state)
    producers = frozenset(process.id for process in processes if process.role == "producer")
    each = zip(
        attached,
        backlog.read(servers.frames, keys, ids),
        (last_day or LastDay()).read(servers.state, keys, ids, now),
        strict=True,
    )
    found = tuple(_read_camera(servers.state, keys, camera, (waiting, day), producers) for camera, waiting, day in each)
    known = _reference(servers.state, processes)
    return Overview(now, found, tuple(processes), known, heartbeat.read(servers.state))


def _reference(state: redis.Redis, processes: Sequence[ProcessInfo]) -> Reference | None:
    judges = [(process.detector, process.model_version) for process in processes if process.role == "worker"]
    default = str(WorkerSettings.model_fields["detector"].default)
    return reference.reference(reference.published(state), sorted(judges), default)


def _read_camera(
    state: redis.Redis, keys: KeySpace, camera: Camera, known: tuple[Backlog, Counts], producers: frozenset[str]
) -> CameraOverview:
    # One transaction, so that a frame is never seen both as judged and as in flight.
    pipeline = state.pipeline(transaction=True)
    pipeline.get(keys.capture(camera.id))
    pipeline.hgetall(keys.counts(camera.id))
    pipeline.hgetall(keys.capture_counts(camera.id))
    pipeline.hgetall(keys.epoch_counts(camera.id, camera.epoch))
    pipeline.hmget(keys.checkpoint(camera.id), STANDING)
    capture_json, counts, capture_counts, pass_counts, checkpoint = pipeline.execute()
    capture = camera_list.captured(capture_json)
    judged = standing(checkpoint)
    return CameraOverview(
        camera=camera,
        capture=capture,
        counts=parsed(counts),
        day=known[1],
        capture_counts=parsed(capture_counts),
        pass_counts=parsed(pass_counts),
        judged_epoch=judged.epoch,
        next_sequence=max(judged.next_sequence, 0),
        done_epoch=judged.done_epoch,
        backlog=known[0],
        has_producer=capture is not None and capture.producer in producers,
    )
