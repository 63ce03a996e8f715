"""How much of what cameras would give was let in up to an instant."""

from bisect import bisect_right
from collections import deque
from typing import NamedTuple

_KEPT = 512  # changes of the rate: of two minutes at four a second


class _Change(NamedTuple):
    at: float
    total: float  # let in by then
    rate: float  # from then on


class Admitted:
    """The sum of the rate over time, in seconds of what cameras would give at their own rates."""

    def __init__(self) -> None:
        """Everything was let in so far."""
        self._changes: deque[_Change] = deque([_Change(0.0, 0.0, 1.0)], maxlen=_KEPT)

    @property
    def rate(self) -> float:
        """The share that is let in now."""
        return self._changes[-1].rate

    def set_rate(self, now: float, rate: float) -> None:
        """Let another share in from now on; instants must not go back."""
        if rate != self.rate:
            self._changes.append(_Change(now, self.until(now), rate))

    def until(self, instant: float) -> float:
        """How much was let in up to an instant, as far as that is remembered."""
        place = bisect_right(self._changes, instant, key=lambda change: change.at)
        last = self._changes[max(0, place - 1)]
        return last.total + (instant - last.at) * last.rate
