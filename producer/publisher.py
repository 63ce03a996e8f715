"""Frames into their streams, which never grow past a bound."""

from typing import Any

import redis

from producer.eviction import Evictor
from shared.messages import FrameHeader
from shared.streams import HEADER, JPEG, KeySpace


class FramesPublisher:
    """Adds frames to their camera's stream.

    A live camera's stream holds at most ``max_live`` frames: the oldest makes room. A lossless
    camera's bound lies far above what its flow control lets in, so that nothing unjudged is ever
    pushed out.
    """

    def __init__(
        self, frames: redis.Redis, keys: KeySpace, evictor: Evictor, max_live: int, max_in_flight: int
    ) -> None:
        """Publish to the frames server ``frames``; the bounds are numbers of frames per camera."""
        self._frames = frames
        self._keys = keys
        self._evictor = evictor
        self._max_live = max_live
        self._max_lossless = 4 * max_in_flight

    def publish(self, header: FrameHeader, jpeg: bytes) -> None:
        """Append one frame.

        Raises:
            redis.RedisError: it is not certain to be there; repeating it is harmless.
        """
        stream = self._keys.frames(header.camera)
        fields: dict[Any, Any] = {HEADER: header.model_dump_json(), JPEG: jpeg}
        if header.on_overload == "wait":
            self._frames.xadd(stream, fields, maxlen=self._max_lossless, approximate=True)
            return
        with self._frames.pipeline(transaction=True) as transaction:
            self._evictor.keep_newest(transaction, header.camera, self._max_live - 1)
            transaction.xadd(stream, fields)
            transaction.execute()
