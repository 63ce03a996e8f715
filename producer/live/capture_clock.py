"""When a picture was captured: wall-clock time that runs evenly even where the machine's clock is set."""

import time
from datetime import UTC, datetime
from typing import NamedTuple

_TOLERANCE_S = 0.1  # a clock that is kept by small corrections stays within it
_READING_S = 0.01  # a reading that took longer was interrupted: its two clocks are not of one instant


class Instant(NamedTuple):
    """A wall-clock time, and by how many seconds the clock was put forward (or back) since the last one."""

    at: datetime
    step_s: float


class CaptureClock:
    """Turns monotonic instants into wall-clock ones; a clock that is set shows as one step."""

    def __init__(self) -> None:
        """Take the wall clock as it is now."""
        self._offset_s = _wall_less_monotonic()

    def at(self, instant_s: float) -> Instant:
        """The wall-clock time of an instant in monotonic seconds, not long ago."""
        offset_s = _wall_less_monotonic()
        step_s = offset_s - self._offset_s
        if abs(step_s) < _TOLERANCE_S:
            step_s = 0.0
        else:
            self._offset_s = offset_s
        return Instant(datetime.fromtimestamp(self._offset_s + instant_s, UTC), step_s)


def _wall_less_monotonic() -> float:
    while True:
        before = time.monotonic()
        wall = time.time()
        after = time.monotonic()
        if after - before < _READING_S:
            return wall - (before + after) / 2
