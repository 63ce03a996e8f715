"""The pictures that commits asked for and that are not carried out yet, on the state server."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

import redis
from pydantic import ValidationError

from shared.foreign_keys import is_foreign
from shared.messages import SnapshotRequest
from shared.streams import JPEG, KeySpace

log = logging.getLogger(__name__)

MAX_WAITING = 500  # requests of one camera: a store that is away for long must not fill the server
# A better picture may have been asked for meanwhile: that request stays.
_DONE = """
if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then
  redis.call('HDEL', KEYS[1], ARGV[1])
  redis.call('HDEL', KEYS[2], ARGV[1])
end
"""


@dataclass(frozen=True)
class Waiting:
    """A request as it stands on the server, and the face that goes with it."""

    request: SnapshotRequest
    stored: bytes
    face: bytes


class Outbox:
    """The requests of all cameras; methods raise ``redis.RedisError`` where a server is away."""

    def __init__(self, frames: redis.Redis, state: redis.Redis, keys: KeySpace) -> None:
        """Read frames off one server, requests off the other."""
        self._frames = frames
        self._state = state
        self._keys = keys

    def asked(self, cameras: Iterable[str]) -> list[str]:
        """Of these cameras, those that have requests."""
        names = list(cameras)
        keys = [self._keys.snapshot_requests(camera) for camera in names]
        if not keys or not self._state.exists(*keys):  # mostly: one question instead of one a camera
            return []
        pipeline = self._state.pipeline(transaction=False)
        for key in keys:
            pipeline.exists(key)
        return [camera for camera, there in zip(names, pipeline.execute(), strict=True) if there]

    def waiting(self, camera: str) -> Iterator[Waiting]:
        """A camera's requests, oldest first; what nobody can read is dropped."""
        requests = cast("dict[bytes, bytes]", self._state.hgetall(self._keys.snapshot_requests(camera)))
        parsed = [each for item in requests.items() if (each := self._parsed(camera, *item)) is not None]
        for request, stored in sorted(parsed, key=lambda each: each[0].captured_at):
            face = cast("bytes | None", self._state.hget(self._keys.snapshot_faces(camera), request.violation))
            if face is None:
                self._state.hdel(self._keys.snapshot_requests(camera), request.violation)
            else:
                yield Waiting(request, stored, face)

    def overflow(self, camera: str) -> int:
        """Drop the oldest requests of a camera that has too many; how many."""
        if self._state.hlen(self._keys.snapshot_requests(camera)) <= MAX_WAITING:
            return 0
        dropped = list(self.waiting(camera))[:-MAX_WAITING]
        for each in dropped:
            self.done(each)
        return len(dropped)

    def frame(self, request: SnapshotRequest) -> bytes | None:
        """The JPEG of the frame, as long as it is in its stream."""
        if not request.frame_entry_id:
            return None
        key, entry_id = self._keys.frames(request.camera), request.frame_entry_id
        try:
            entries = cast("list[tuple[bytes, dict[bytes, bytes]]]", self._frames.xrange(key, entry_id, entry_id))
        except redis.ResponseError as error:
            if not is_foreign(error):
                raise
            return None
        return entries[0][1].get(JPEG) if entries else None

    def is_on_record(self, request: SnapshotRequest) -> bool:
        """Whether the violation was not erased meanwhile."""
        return bool(self._state.hexists(self._keys.violations(request.camera), request.violation))

    def done(self, waiting: Waiting) -> None:
        """Ask for it no longer."""
        camera, violation = waiting.request.camera, waiting.request.violation
        keys = (self._keys.snapshot_requests(camera), self._keys.snapshot_faces(camera))
        self._state.eval(_DONE, 2, *keys, violation, waiting.stored)

    def _parsed(self, camera: str, name: bytes, value: bytes) -> tuple[SnapshotRequest, bytes] | None:
        try:
            request = SnapshotRequest.model_validate_json(value)
        except ValidationError:
            request = None
        if request is None or request.camera != camera or request.violation.encode() != name:
            log.warning("camera %s: a request for a picture is unreadable and dropped", camera)
            self._state.hdel(self._keys.snapshot_requests(camera), name)
            return None
        return request, value
