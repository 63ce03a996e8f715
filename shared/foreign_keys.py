"""Keys that hold what none of ours writes, as a string in the place of a stream.

One command over many cameras' keys fails as a whole for one of these. So whoever meets one leaves it alone for a
while and goes on with the others: the camera stands still until somebody removes the key, its neighbours do not.
"""

import logging
import threading
import time
from collections.abc import Collection

import redis

log = logging.getLogger(__name__)

_ALONE_S = 1.0  # then it is tried again: one failed command a second is cheap


def is_foreign(error: object) -> bool:
    """Whether a server said so, in answer to a command, a script or a part of a pipeline."""
    return isinstance(error, redis.ResponseError) and "WRONGTYPE" in str(error)


class ForeignKeys:
    """Those that a process has met; each is said once, and once more when it is gone. For any number of threads."""

    def __init__(self) -> None:
        """None was met yet."""
        self._lock = threading.Lock()
        self._alone_until: dict[str, float] = {}  # monotonic

    def __len__(self) -> int:
        """How many there are now."""
        return len(self._alone_until)

    def without(self, keys: Collection[str]) -> list[str]:
        """Those of some keys that are to be tried now."""
        if not self._alone_until:
            return list(keys)
        now = time.monotonic()
        with self._lock:
            return [key for key in keys if self._alone_until.get(key, 0.0) <= now]

    def met(self, key: str) -> None:
        """Leave a key alone for a while."""
        with self._lock:
            is_news = key not in self._alone_until
            self._alone_until[key] = time.monotonic() + _ALONE_S
        if is_news:
            log.error("%s holds what none of ours writes: its camera stands still until this key is removed", key)

    def served(self, keys: Collection[str]) -> None:
        """These were used, so they are as they should be."""
        if not self._alone_until:
            return
        with self._lock:
            gone = [key for key in keys if self._alone_until.pop(key, None) is not None]
        for key in gone:
            log.info("%s is as it should be again", key)
