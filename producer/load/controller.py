"""Decides how much gives way from how late frames are judged: no clock, no input or output.

The share of frames that is sent is steered, so that the oldest frame that waits is about half as old as is
allowed. How old it is tells how far workers have come in what was sent; how far they came within the last
second is what they can do, in shares of what the cameras would give. No count of frames is needed, and it
holds for any number of workers and for frames that are dear or cheap.
"""

from producer.load.admitted import Admitted
from producer.load.patience import Patience
from producer.load.relief import Relief
from producer.load.throughput import Throughput
from shared.messages import MAX_HALVINGS

_DRAIN_S = 1.5  # what waits too long is worked off within so long
_BUSY = 0.25  # of the lateness that is wanted, at each look of a second: workers had no time left
_LEAST_RATE = 0.02  # what keeps each camera fresh is sent beside this
_SURE = 0.9  # of what workers are known to get through, rates rise fast up to this share
_FAST_RISE = 1.3  # times, at each look
_RISE_PER_S = 0.02  # beyond that, at first
_RISE_DOUBLES_S = 3.0  # after each so long in time, by as much more
_KEYFRAMES_STEP = 0.25  # at a time, while frames are a little late
_KEYFRAMES_EARLY_STEP = 0.05  # while they are not yet late: then no rates may have to fall
_KEYFRAMES_BACK_PER_S = 0.05
_HALF_RATES = (0.5, 0.25)  # where workers get through less for a while, the first and the second halving begins


class LoadController:
    """Steers one producer's cameras; call ``update`` a few times a second. Instants are in monotonic seconds."""

    def __init__(self, late_after_s: float) -> None:
        """Nothing gives way yet; frames are late when they wait for longer than ``late_after_s``."""
        self._late_after_s = late_after_s
        self._wanted_s = late_after_s / 2
        self._keyframes, self._halvings = 0.0, 0
        self._admitted = Admitted()
        self._throughput = Throughput()
        self._patience = Patience()
        self._in_time_since: float | None = None
        self._updated_at: float | None = None

    @property
    def relief(self) -> Relief:
        """What gives way now."""
        return Relief(self._keyframes, self._admitted.rate, self._halvings)

    def update(self, lateness_s: float, now: float) -> Relief:
        """Take in for how long the oldest frame has waited, 0 where none waits."""
        passed_s = 0.0 if self._updated_at is None else now - self._updated_at
        self._updated_at = now
        is_in_time = lateness_s <= self._wanted_s
        came_at = now - lateness_s
        is_busy = lateness_s > _BUSY * self._wanted_s
        self._throughput.look(now, came_at, self._admitted.until(came_at), is_busy=is_busy)
        if is_in_time:
            self._return_some(now, passed_s)
        else:
            self._in_time_since = None
            self._give_way(lateness_s, now)
        self._settle_resolution(now, is_in_time=is_in_time)
        return self.relief

    def _give_way(self, lateness_s: float, now: float) -> None:
        is_late = lateness_s > self._late_after_s
        if self._keyframes < 1:
            is_urgent = lateness_s > 2 * self._late_after_s
            step = 1.0 if is_urgent else _KEYFRAMES_STEP if is_late else _KEYFRAMES_EARLY_STEP
            self._keyframes = min(1.0, self._keyframes + step)
        if self._keyframes == 1 and (is_late or self._admitted.rate < 1):
            self._admitted.set_rate(now, min(1.0, max(_LEAST_RATE, self._sustained_rate(lateness_s, now))))

    def _sustained_rate(self, lateness_s: float, now: float) -> float:
        """The rate with which what waits comes to be as much as is wanted."""
        capacity = self._throughput.capacity
        waiting = self._admitted.until(now) - self._admitted.until(now - lateness_s)
        return capacity + (capacity * self._wanted_s - waiting) / _DRAIN_S

    def _return_some(self, now: float, passed_s: float) -> None:
        """The reverse order; keyframes last, which cost the least."""
        self._in_time_since = now if self._in_time_since is None else self._in_time_since
        rate = self._admitted.rate
        if rate < 1:
            self._admitted.set_rate(now, min(1.0, self._risen(rate, now - self._in_time_since, passed_s)))
            self._throughput.known = max(self._throughput.known, rate)
        elif self._halvings == 0:
            self._keyframes = max(0.0, self._keyframes - _KEYFRAMES_BACK_PER_S * passed_s)

    def _risen(self, rate: float, in_time_s: float, passed_s: float) -> float:
        sure = _SURE * self._throughput.known
        if rate < sure:
            return min(sure, rate * _FAST_RISE)
        return rate + _RISE_PER_S * passed_s * (1 + in_time_s / _RISE_DOUBLES_S)

    def _settle_resolution(self, now: float, *, is_in_time: bool) -> None:
        rate, throughput = self._admitted.rate, self._throughput
        if throughput.is_stalled(now):
            return  # smaller pictures bring no worker back
        is_low = self._halvings < MAX_HALVINGS and max(rate, throughput.known) < _HALF_RATES[self._halvings]
        is_whole = self._halvings > 0 and rate == 1 and is_in_time
        change = self._patience.change(now, is_low=is_low, is_whole=is_whole)
        self._halvings += change
        if change > 0:
            throughput.known = min(1.0, 2 * throughput.known)
        elif change < 0:
            # Half of the frames in twice the size are about as much work as all of them were.
            throughput.known = 0.5
            self._admitted.set_rate(now, 0.5)
            self._in_time_since = None
