"""The counts of the last 24 hours, read often and cheaply."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import redis

from console.counting import quarters
from console.counting.counts import Counts, summed
from shared.streams import KeySpace, quarter_of

QUARTERS = 96
# Counts fall into the quarter in which a picture was taken, a moment later: these are read each time.
_NEWEST = 2
# What comes later still (a file that is judged slowly, a violation that is dismissed) is seen after so many seconds.
_REREAD_S = 60.0


@dataclass
class _Known:
    read_at: datetime
    quarters: dict[int, Counts] = field(default_factory=dict)
    older: tuple[int, Counts] | None = None  # the newest quarter, and the sum of those that were not read again

    def is_fresh(self, now: datetime) -> bool:
        return 0 <= (now - self.read_at).total_seconds() < _REREAD_S


class LastDay:
    """The sums of each camera's current quarter of an hour and the 95 before it; threads may share one.

    Remembers the quarters that are over for a minute, so that polling costs two small hashes a camera.
    """

    def __init__(self) -> None:
        """Nothing is read yet."""
        self._known: dict[str, _Known] = {}
        self._lock = threading.Lock()

    def read(self, state: redis.Redis, keys: KeySpace, cameras: Sequence[str], now: datetime) -> list[Counts]:
        """The sums, in the order of the cameras.

        Raises:
            redis.RedisError: the server does not answer.
        """
        with self._lock:
            known = {camera: self._still_known(camera, now) for camera in cameras}
            current = quarter_of(now)
            places = [(camera, quarter) for camera in cameras for quarter in _to_read(known[camera].quarters, current)]
            for (camera, quarter), counts in quarters.read(state, keys, places).items():
                known[camera].quarters[quarter] = counts
            self._known = known
            return [_sum(known[camera], current) for camera in cameras]

    def _still_known(self, camera: str, now: datetime) -> _Known:
        known = self._known.get(camera)
        return known if known is not None and known.is_fresh(now) else _Known(now)


def _to_read(known: dict[int, Counts], current: int) -> list[int]:
    """The newest quarters, and all of the day that are not known."""
    return [
        each for each in range(current - QUARTERS + 1, current + 1) if each > current - _NEWEST or each not in known
    ]


def _sum(known: _Known, current: int) -> Counts:
    if known.older is None or known.older[0] != current:
        over = range(current - QUARTERS + 1, current - _NEWEST + 1)
        known.older = (current, summed(known.quarters[quarter] for quarter in over))
    newest = (known.quarters[quarter] for quarter in range(current - _NEWEST + 1, current + 1))
    return summed([known.older[1], *newest])
