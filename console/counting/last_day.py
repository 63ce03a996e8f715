"""The counts of the last 24 hours, read often and cheaply."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import redis

from console.counting import quarter_sums, quarters
from console.counting.counts import Counts, summed
from shared.streams import KeySpace, quarter_of

QUARTERS = 96
# Counts fall into the quarter in which a picture was taken, a moment later: these are read each time.
_NEWEST = 2
# What comes later still (a file that is judged slowly, a violation that is dismissed) is seen after so many seconds.
_REREAD_S = 60.0


@dataclass(frozen=True)
class _Older:
    """The sum of a camera's quarters that are over, as they stood at an instant."""

    read_at: datetime
    current: int  # the quarter that was not over then
    counts: Counts

    def is_fresh(self, now: datetime) -> bool:
        return self.current == quarter_of(now) and 0 <= (now - self.read_at).total_seconds() < _REREAD_S


class LastDay:
    """The sums of each camera's current quarter of an hour and the 95 before it; threads may share one.

    Remembers the quarters that are over for a minute, so that polling costs two small hashes a camera.
    """

    def __init__(self) -> None:
        """Nothing is read yet."""
        self._older: dict[str, _Older] = {}
        self._lock = threading.Lock()

    def read(self, state: redis.Redis, keys: KeySpace, cameras: Sequence[str], now: datetime) -> list[Counts]:
        """The sums, in the order of the cameras.

        Raises:
            redis.RedisError: the server does not answer.
        """
        current = quarter_of(now)
        newest = range(current - _NEWEST + 1, current + 1)
        with self._lock:
            older = {camera: each for camera, each in self._older.items() if each.is_fresh(now)}
            unknown = [camera for camera in cameras if camera not in older]
            over = range(current - QUARTERS + 1, newest[0])
            for camera, counts in zip(unknown, quarter_sums.read(state, keys, unknown, over), strict=True):
                older[camera] = _Older(now, current, counts)
            self._older = {camera: older[camera] for camera in cameras}
            found = quarters.read(state, keys, [(camera, quarter) for camera in cameras for quarter in newest])
        return [summed([older[camera].counts, *(found[camera, each] for each in newest)]) for camera in cameras]
