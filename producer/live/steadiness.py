"""Whether a camera's own timestamps and its rate go on evenly; both are noted, neither is relied on."""

from shared.cameras import PictureFault

_JUMP_S = 2.0  # that far apart, timestamps and arrivals tell different stories
_WINDOW_S = 4.0
_RATIO = 1.8  # a rate that changes less is jitter


class Steadiness:
    """Watches one connection."""

    def __init__(self) -> None:
        """Nothing has come yet."""
        self._last: tuple[float, float] | None = None  # timestamp, arrival
        self._window_since: float | None = None
        self._pictures = 0
        self._rates: list[float] = []  # of the windows since the last jump

    def note(self, timestamp_s: float | None, now: float) -> list[PictureFault]:
        """What is uneven about the picture that came at ``now``, in monotonic seconds."""
        faults = []
        if self._has_jumped(timestamp_s, now):
            faults.append(PictureFault.TIMESTAMP_JUMP)
        if self._has_another_rate(now):
            faults.append(PictureFault.RATE_JUMP)
        return faults

    def _has_jumped(self, timestamp_s: float | None, now: float) -> bool:
        last, self._last = self._last, None if timestamp_s is None else (timestamp_s, now)
        if last is None or timestamp_s is None:
            return False
        moved_s, waited_s = timestamp_s - last[0], now - last[1]
        return moved_s < 0 or abs(moved_s - waited_s) > _JUMP_S

    def _has_another_rate(self, now: float) -> bool:
        if self._window_since is None:
            self._window_since = now
        self._pictures += 1
        length_s = now - self._window_since
        if length_s < _WINDOW_S:
            return False
        rate = (self._pictures - 1) / length_s
        self._window_since, self._pictures = now, 1
        self._rates.append(rate)
        # Two windows have to agree: one slow window is a hiccup.
        if len(self._rates) < 4:
            return False
        usual, lately = self._rates[0], min(self._rates[-2:], key=lambda each: abs(each - self._rates[0]))
        if not _differ(usual, lately):
            del self._rates[1:-2]
            return False
        self._rates = [self._rates[-1]]
        return True


def _differ(one: float, other: float) -> bool:
    low, high = sorted((one, other))
    return high > _RATIO * low
