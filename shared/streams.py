"""The names of keys on both servers, and of the fields of stream entries.

Keys of one camera carry the hash tag of its shard, so that a transaction over them is legal in a
Redis Cluster. Frames and results live on the frames server, the rest on the state server.
"""

import zlib
from dataclasses import dataclass
from datetime import datetime

# Fields of entries.
HEADER = b"header"  # frames: FrameHeader as JSON
JPEG = b"jpeg"  # frames: the picture's raw bytes
TRACKS = b"tracks"  # tracks: FrameTracks as JSON
RESULT = b"result"  # results: FrameResult as JSON
FACE_PREFIX = b"face:"  # results: face:<index of the detection>, a JPEG crop
REASON = b"reason"  # dead letters
DETAIL = b"detail"
ENTRY_ID = b"entry_id"

WORKER_GROUP = "workers"

# The name under which pictures of known faces go through all stages, like those of a camera that is none: no
# operator's camera may have it, and nothing of it is counted.
HEARTBEAT_CAMERA = "maskwatch-heartbeat"
WATCHED = "maskwatch:watched"  # string with an expiry on the frames server: somebody looks at live pictures
# On the state server, in one slot, since what is written of them stands behind the leases.
HEARTBEAT = "maskwatch:{heartbeat}:fared"  # hash: how pictures of known faces fared (see ``HeartbeatField``)
HEARTBEAT_LEASE = "maskwatch:{heartbeat}:lease"  # hash: which producer sends them
HEARTBEAT_EVENTS_LEASE = "maskwatch:{heartbeat}:lease:events"  # hash: which events worker judges them

QUARTER_S = 900  # every time zone's days and hours begin with one

# Keys of the whole system, on the state server.
CAMERAS = "maskwatch:cameras"  # hash: camera id -> Camera
PROCESSES = "maskwatch:processes"  # hash: process id -> ProcessInfo
CAMERA_KEY = "maskwatch:camera_key"  # string: the public key for which the sources of cameras are sealed
DESIRED_WORKERS = "maskwatch:desired_workers"  # what `maskwatch scale` sets
MODELS_CHANGED = "maskwatch:models_changed"  # pub/sub: a version was promoted; workers look at once
RECALL_FIGURES = "maskwatch:recall_figures"  # hash: detector -> RecallFigures, measured for this system
TOLD_FRAMES = "maskwatch:told_frames"  # hash: camera -> captured frames as Prometheus was told them last
AREAS = "maskwatch:{areas}:declared"  # hash: name -> Area
AREAS_LEASE = "maskwatch:{areas}:lease"  # hash: which events worker counts all areas
WEBHOOKS = "maskwatch:{webhooks}:declared"  # hash: name -> Webhook
WEBHOOK_SNOOZES = "maskwatch:{webhooks}:snoozes"  # hash: <webhook or *>/<camera or *> -> Snooze


@dataclass(frozen=True)
class KeySpace:
    """Names the keys of cameras for a number of shards, which all processes must share."""

    shards: int = 1

    def shard(self, camera: str) -> int:
        """The shard of a camera, 0 to ``shards`` - 1, the same in every process and release."""
        return zlib.crc32(camera.encode()) % self.shards

    def _key(self, kind: str, camera: str) -> str:
        return f"maskwatch:{{s{self.shard(camera)}}}:{kind}:{camera}"

    def frames(self, camera: str) -> str:
        """Stream on the frames server: HEADER and JPEG."""
        return self._key("frames", camera)

    def results(self, camera: str) -> str:
        """Stream on the frames server: RESULT and faces."""
        return self._key("results", camera)

    def tracks(self, camera: str) -> str:
        """Bounded stream on the frames server: TRACKS, one entry a judged frame while somebody watches live."""
        return self._key("tracks", camera)

    def dead_letters(self, camera: str) -> str:
        """Bounded stream on the frames server: entries that can never succeed, with the reason."""
        return self._key("dead_letters", camera)

    def capture(self, camera: str) -> str:
        """String on the state server: CaptureStatus."""
        return self._key("capture", camera)

    def capture_counts(self, camera: str) -> str:
        """Hash on the state server: what befell the camera (see ``CaptureCountField``)."""
        return self._key("capture_counts", camera)

    def fence(self, camera: str) -> str:
        """String on the frames server: the highest fencing token that has published the camera's frames."""
        return self._key("fence", camera)

    def producer_lease(self, camera: str) -> str:
        """Hash on the state server: who may publish the camera's frames."""
        return self._key("lease:producer", camera)

    def events_lease(self, camera: str) -> str:
        """Hash on the state server: who may judge the camera's results."""
        return self._key("lease:events", camera)

    def checkpoint(self, camera: str) -> str:
        """Hash on the state server: where the events stage is (see ``CheckpointField``)."""
        return self._key("checkpoint", camera)

    def counts(self, camera: str) -> str:
        """Hash on the state server: the camera's counts since it was first attached."""
        return self._key("counts", camera)

    def epoch_counts(self, camera: str, epoch: int) -> str:
        """Hash on the state server: the counts of one epoch, for a file one pass over it."""
        return f"{self._key('counts', camera)}:{epoch}"

    def violations(self, camera: str) -> str:
        """Hash on the state server: violation id -> Violation."""
        return self._key("violations", camera)

    def dismissals(self, camera: str) -> str:
        """Hash on the state server: violation id -> Dismissal."""
        return self._key("dismissals", camera)

    def violation_log(self, camera: str) -> str:
        """Bounded stream on the state server: each change of a violation, for followers."""
        return self._key("violation_log", camera)

    def history(self, camera: str, quarter: int) -> str:
        """Hash with an expiry on the state server: the counts of a quarter of an hour (see ``quarter_of``)."""
        return f"{self._key('history', camera)}:{quarter}"

    def snapshot_requests(self, camera: str) -> str:
        """Hash on the state server: violation id -> SnapshotRequest that is still to be carried out."""
        return self._key("snapshot_requests", camera)

    def snapshot_faces(self, camera: str) -> str:
        """Hash on the state server: violation id -> JPEG of the face, as long as the request waits."""
        return self._key("snapshot_faces", camera)


@dataclass(frozen=True)
class WebhookKeys:
    """Names the keys of one webhook, on the state server."""

    name: str

    def _key(self, kind: str) -> str:
        return f"maskwatch:{{webhooks}}:{kind}:{self.name}"

    @property
    def lease(self) -> str:
        """Hash: who may send its events."""
        return self._key("lease")

    @property
    def positions(self) -> str:
        """Hash: camera -> the last entry of its violation log that is decided upon."""
        return self._key("positions")

    @property
    def waiting(self) -> str:
        """Hash: place in the queue -> WaitingEvent."""
        return self._key("waiting")

    @property
    def announced(self) -> str:
        """Sorted set: violations whose opening is sent or waits, by its instant; the rest of such is sent too."""
        return self._key("announced")

    @property
    def cooldowns(self) -> str:
        """Hash: camera -> when the last opening that was not held back was counted, in milliseconds."""
        return self._key("cooldowns")

    @property
    def status(self) -> str:
        """Hash: counts by ``Outcome``, and the ``StatusField``."""
        return self._key("status")

    @property
    def all_but_lease(self) -> tuple[str, ...]:
        """What goes with the webhook; a lease's token must never fall."""
        return (self.positions, self.waiting, self.announced, self.cooldowns, self.status)


@dataclass(frozen=True)
class AreaKeys:
    """Names the keys of one area, on the state server."""

    name: str

    def _key(self, kind: str) -> str:
        return f"maskwatch:{{areas}}:{kind}:{self.name}"

    @property
    def counts(self) -> str:
        """Hash: the counts since the area was first declared, which outlive it (see ``AreaCountField``)."""
        return self._key("counts")

    @property
    def checkpoint(self) -> str:
        """Hash: ``CheckpointField.COMMITS``, and position:<camera>: the last entry of its log that is counted."""
        return self._key("checkpoint")

    @property
    def members(self) -> str:
        """Hash: violation id -> AreaMember, of what may still be put together with others."""
        return self._key("members")

    def history(self, quarter: int) -> str:
        """Hash with an expiry: the counts of a quarter of an hour (see ``quarter_of``)."""
        return f"{self._key('history')}:{quarter}"


def quarter_of(instant: datetime) -> int:
    """The number of an instant's quarter of an hour since the epoch, by which counts are kept."""
    return int(instant.timestamp()) // QUARTER_S


class CaptureCountField:
    """Fields of the capture counts hash; each carries its detail behind a colon."""

    STATE = "state"  # state:<CameraState>: how often the camera came into it
    STALL = "stall"  # stall:<StallReason>
    FAULT = "fault"  # fault:<PictureFault>


class CheckpointField:
    """Fields of the checkpoint hash."""

    STREAM_ID = "stream_id"  # last result entry that is accounted for
    EPOCH = "epoch"
    NEXT_SEQUENCE = "next_sequence"  # frames below it are judged
    STATE = "state"  # the judge, serialised
    DONE_EPOCH = "done_epoch"  # last pass that is fully judged
    COMMITS = "commits"  # how often it was written: tells whether it is still the one that its owner wrote


class CountField:
    """Fields of the counts hashes; drops and dead letters carry their reason behind a colon."""

    PROCESSED = "processed"
    DROPPED = "dropped"
    DEAD_LETTERED = "dead_lettered"
    VIOLATIONS = "violations"
    DISMISSED = "dismissed"  # of these, those that a person found to be none
    PEOPLE = "people"  # people:<PersonOutcome>
    PEOPLE_BY_SIZE = "people_by_size"  # people_by_size:<FaceSize>:<PersonOutcome>
    UNJUDGED = "unjudged"  # unjudged:<Unjudged>: people of whom nobody can tell
    WATCHED_MS = "watched_ms"  # camera time in which the scene was seen
    BLIND_MS = "blind_ms"  # blind_ms:<BlindReason>: camera time in which it was not
    FACES = "faces"  # faces:<label>
    WORKER_FRAMES = "worker"  # worker:<id>, in epoch counts: who judged how many
