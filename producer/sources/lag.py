"""Whether a reader has fallen behind its camera, and what it leaves out to catch up."""

_BEHIND_S = 2.0
_CAUGHT_UP_S = 0.5
_JUMP_S = 5.0  # timestamps that move so far against the clock begin anew
_PATIENCE_S = 5.0  # leaving out helps by then, or there is nothing to catch up with
_DRIFT = 0.001  # seconds that a camera's clock may lose each second


class Lag:
    """Compares when packets come with their timestamps.

    A reader that cannot decode as fast as its camera sends gets ever older pictures. Once it is two seconds
    behind, it decodes key frames only until it has caught up. Instants are in monotonic seconds.
    """

    def __init__(self) -> None:
        """Nothing has come yet."""
        self._least_s: float | None = None  # the clock less the timestamps, when nothing was late
        self._last: tuple[float, float] = (0.0, 0.0)  # that difference and its instant, of the last packet
        self._leaving_out_since: float | None = None
        self._worst_s = 0.0

    def leaves_out(self, timestamp_s: float, is_key: bool, now: float) -> bool:
        """Whether the packet with that timestamp, which came at ``now``, is not worth decoding."""
        behind_s = self._behind_s(now - timestamp_s, now)
        if self._leaving_out_since is None:
            if behind_s > _BEHIND_S:
                self._leaving_out_since, self._worst_s = now, behind_s
        elif is_key:
            self._look_whether_it_helped(behind_s, self._leaving_out_since, now)
        return self._leaving_out_since is not None and not is_key

    def _behind_s(self, difference_s: float, now: float) -> float:
        last_s, last_at = self._last
        self._last = difference_s, now
        if self._least_s is None or difference_s - last_s > _JUMP_S + now - last_at or last_s - difference_s > _JUMP_S:
            self._least_s, self._leaving_out_since = difference_s, None
        self._least_s = min(difference_s, self._least_s + _DRIFT * (now - last_at))
        return difference_s - self._least_s

    def _look_whether_it_helped(self, behind_s: float, since: float, now: float) -> None:
        if behind_s < _CAUGHT_UP_S:
            self._leaving_out_since = None
        elif now - since > _PATIENCE_S and behind_s > 0.5 * self._worst_s:
            # The camera itself sends later than it did at first.
            self._least_s, self._leaving_out_since = self._last[0], None
