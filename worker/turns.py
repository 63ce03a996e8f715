"""Whose frames are read next: all cameras in turn, and of very many only those that have any."""

import time
from bisect import bisect_right
from collections.abc import Sequence
from itertools import takewhile

from shared.stream_looks import StreamLooks
from shared.streams import KeySpace

_MANY = 64  # of more cameras only those are read whose streams held anything a moment ago
LOOK_S = 0.1  # so long ago at most


class Turns:
    """Cameras in an order in which neighbours share a shard, so that one read may cover them."""

    def __init__(self, keys: KeySpace, looks: StreamLooks) -> None:
        """No camera yet."""
        self.cameras: list[str] = []
        self._keys = keys
        self._looks = looks
        self._filled: list[str] = []
        self._look_at = 0.0
        self._visited = (-1, "")  # the shard and the camera whose turn was last

    def follow(self, cameras: Sequence[str]) -> None:
        """These are all from now on; who was next is next still."""
        self.cameras = sorted(cameras, key=self._place)
        self._look_at = 0.0

    def worth_reading(self) -> list[str]:
        """In order: all cameras, or of many those that were filled a moment ago.

        Raises:
            redis.RedisError: the server does not answer.
        """
        if len(self.cameras) <= _MANY:
            return self.cameras
        now = time.monotonic()
        if now >= self._look_at:
            self._filled = self._looks.filled(self.cameras)
            self._look_at = now + LOOK_S
        return self._filled

    def window(self, cameras: Sequence[str], most: int) -> list[str]:
        """Of some in order those whose turn it is: one at least, all of one shard, which a read may not leave."""
        start = bisect_right(cameras, self._visited, key=self._place) % len(cameras)
        shard = self._keys.shard(cameras[start])
        window = list(takewhile(lambda camera: self._keys.shard(camera) == shard, cameras[start : start + most]))
        self._visited = self._place(window[-1])
        return window

    def _place(self, camera: str) -> tuple[int, str]:
        return self._keys.shard(camera), camera
