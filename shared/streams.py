"""The names of keys on both servers, and of the fields of stream entries.

Keys of one camera carry the hash tag of its shard, so that a transaction over them is legal in a
Redis Cluster. Frames and results live on the frames server, the rest on the state server.
"""

import zlib
from dataclasses import dataclass

# Fields of entries.
HEADER = b"header"  # frames: FrameHeader as JSON
JPEG = b"jpeg"  # frames: the picture's raw bytes
RESULT = b"result"  # results: FrameResult as JSON
FACE_PREFIX = b"face:"  # results: face:<index of the detection>, a JPEG crop
REASON = b"reason"  # dead letters
DETAIL = b"detail"
ENTRY_ID = b"entry_id"

WORKER_GROUP = "workers"

# Keys of the whole system, on the state server.
CAMERAS = "maskwatch:cameras"  # hash: camera id -> Camera
PROCESSES = "maskwatch:processes"  # hash: process id -> ProcessInfo
CAMERA_KEY = "maskwatch:camera_key"  # string: the public key for which the sources of cameras are sealed
DESIRED_WORKERS = "maskwatch:desired_workers"  # what `maskwatch scale` sets
MODELS_CHANGED = "maskwatch:models_changed"  # pub/sub: a version was promoted; workers look at once


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

    def violation_log(self, camera: str) -> str:
        """Bounded stream on the state server: each change of a violation, for followers."""
        return self._key("violation_log", camera)

    def snapshot(self, camera: str, violation_id: str) -> str:
        """String with an expiry on the state server: the best JPEG of the face."""
        return f"{self._key('snapshot', camera)}:{violation_id}"


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


class CountField:
    """Fields of the counts hashes; drops and dead letters carry their reason behind a colon."""

    PROCESSED = "processed"
    DROPPED = "dropped"
    DEAD_LETTERED = "dead_lettered"
    VIOLATIONS = "violations"
    PEOPLE = "people"  # people:<outcome>
    FACES = "faces"  # faces:<label>
    WORKER_FRAMES = "worker"  # worker:<id>, in epoch counts: who judged how many
