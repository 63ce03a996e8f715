"""Frames into their streams, which never grow past a bound, by the one producer that owns their camera."""

import threading
from collections.abc import Iterable, Sequence

import redis
from redis.commands.core import Script

from producer.publishing.eviction import EVICTION
from shared.connections import for_one_thread
from shared.foreign_keys import is_foreign
from shared.messages import DropReason, FrameHeader, FrameOutcome, FrameResult
from shared.streams import HEADER, JPEG, RESULT, WORKER_GROUP, KeySpace

# A producer that was paused may send what it had in its hands when another one owns the camera already:
# the frames server itself compares the fencing tokens. Arguments 2 to 5 are those of eviction.
_FENCE = """
local fence = tonumber(redis.call('GET', KEYS[3]) or '0')
local token = tonumber(ARGV[6])
if token < fence then return 0 end
if token > fence then redis.call('SET', KEYS[3], ARGV[6]) end
"""
_CLAIM = _FENCE + "return 1"
_ADD_LIVE = (
    EVICTION
    + _FENCE
    + """
keep_newest(tonumber(ARGV[7]) - 1)
redis.call('XADD', KEYS[1], '*', ARGV[3], ARGV[8], ARGV[9], ARGV[10])
return 1
"""
)
_ADD_LOSSLESS = (
    _FENCE
    + """
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[7], '*', ARGV[3], ARGV[8], ARGV[9], ARGV[10])
return 1
"""
)
_ADD_RESULTS = (
    _FENCE
    + """
for i = 7, #ARGV do redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[5], '*', ARGV[4], ARGV[i]) end
return 1
"""
)


class Fenced(Exception):
    """Another producer owns the camera now: nothing was written."""


class FramesPublisher:
    """Adds frames to their camera's stream.

    A live camera's stream holds at most ``max_live`` frames: the oldest makes room. A lossless
    camera's bound lies far above what its flow control lets in, so that nothing unjudged is ever
    pushed out. ``token`` is the fencing token of the camera's lease.
    """

    def __init__(
        self, frames: redis.Redis, keys: KeySpace, max_live: int, max_in_flight: int, max_results: int
    ) -> None:
        """Publish to the frames server ``frames``; the bounds are numbers of entries per camera."""
        self._frames = frames
        self._of_thread = threading.local()
        self._keys = keys
        self._max_live = max_live
        self._max_lossless = 4 * max_in_flight
        self._max_results = max_results
        self._claim = frames.register_script(_CLAIM)
        self._add_live = frames.register_script(_ADD_LIVE)
        self._add_lossless = frames.register_script(_ADD_LOSSLESS)
        self._add_results = frames.register_script(_ADD_RESULTS)

    def claim(self, camera: str, token: int) -> None:
        """Let no earlier owner of the camera write from now on.

        Raises:
            Fenced, redis.RedisError: see there.
        """
        self._run(self._claim, camera, token, ())

    def publish(self, header: FrameHeader, jpeg: bytes, token: int) -> None:
        """Append one frame.

        Raises:
            Fenced: see there.
            redis.RedisError: it is not certain to be there; repeating it is harmless.
        """
        is_lossless = header.on_overload == "wait"
        script = self._add_lossless if is_lossless else self._add_live
        most = self._max_lossless if is_lossless else self._max_live
        self._run(script, header.camera, token, (most, header.model_dump_json(), JPEG, jpeg))

    def drop(self, header: FrameHeader, reason: DropReason, token: int) -> None:
        """Say of a captured frame that it is not sent, and why; it needs no stream but that of results.

        Raises:
            Fenced, redis.RedisError: as ``publish``.
        """
        self.drop_all([header], reason, token)

    def drop_all(self, headers: Sequence[FrameHeader], reason: DropReason, token: int) -> None:
        """The same of several frames of one camera in one call; at least one.

        Raises:
            Fenced, redis.RedisError: as ``publish``.
        """
        results = [
            FrameResult(**header.model_dump(exclude={"regions"}), outcome=FrameOutcome.DROPPED, reason=reason)
            for header in headers
        ]
        self._run(self._add_results, headers[0].camera, token, [each.model_dump_json() for each in results])

    def _run(self, script: Script, camera: str, token: int, arguments: Iterable[bytes | str | int]) -> None:
        keys = [self._keys.frames(camera), self._keys.results(camera), self._keys.fence(camera)]
        values = (WORKER_GROUP, "", HEADER, RESULT, self._max_results, token, *arguments)
        try:
            is_written = self._call(script, keys, values)
        except redis.ResponseError as error:
            if is_foreign(error):
                raise redis.ResponseError(f"{' or '.join(keys)} holds what none of ours writes: {error}") from error
            raise
        if not is_written:
            raise Fenced(f"camera {camera} is another producer's")

    def _call(self, script: Script, keys: Sequence[str], values: Sequence[bytes | str | int]) -> bool:
        frames = self._own_connection()
        try:
            return bool(frames.evalsha(script.sha, len(keys), *keys, *values))
        except redis.exceptions.NoScriptError:
            return bool(script(keys, values, client=frames))  # which loads it first

    def _own_connection(self) -> redis.Redis:
        """A client with one connection for the calling thread: cameras would queue for those that they share."""
        client: redis.Redis | None = getattr(self._of_thread, "client", None)
        if client is None:
            client = for_one_thread(self._frames)
            self._of_thread.client = client  # the pool has the connection back when the thread ends
        return client
