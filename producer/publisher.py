"""Frames into their streams, which never grow past a bound."""

import redis

from shared.messages import FrameHeader
from shared.streams import HEADER, JPEG, KeySpace


class FramesPublisher:
    """Adds frames to their camera's stream.

    A live camera's stream holds at most ``max_live`` frames: the oldest goes. A lossless camera's
    bound lies far above what its flow control lets in, so that nothing unjudged is ever pushed out.
    """

    def __init__(self, frames: redis.Redis, keys: KeySpace, max_live: int, max_in_flight: int) -> None:
        """Publish to the frames server ``frames``; the bounds are numbers of frames per camera."""
        self._frames = frames
        self._keys = keys
        self._max_live = max_live
        self._max_lossless = 4 * max_in_flight

    def publish(self, header: FrameHeader, jpeg: bytes) -> None:
        """Append one frame.

        Raises:
            redis.RedisError: it is not certain to be there; repeating it is harmless.
        """
        self._frames.xadd(
            self._keys.frames(header.camera),
            {HEADER: header.model_dump_json(), JPEG: jpeg},
            maxlen=self._max_lossless if header.on_overload == "wait" else self._max_live,
            approximate=True,
        )
