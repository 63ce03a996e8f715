"""When resolution is halved, and when a halving ends: rates come and go at once, resolution seldom."""

_HALF_AFTER_S = 5.0  # rates that were too low for so long
_WHOLE_AFTER_S = 10.0  # rates that were whole for so long; doubled each time that this was too soon
_MOST_S = 320.0
_TOO_SOON_S = 60.0


class Patience:
    """Instants are in monotonic seconds."""

    def __init__(self) -> None:
        """Nothing is halved."""
        self._low_since: float | None = None
        self._whole_since: float | None = None
        self._whole_after_s = _WHOLE_AFTER_S
        self._ended_at: float | None = None

    def change(self, now: float, *, is_low: bool, is_whole: bool) -> int:
        """1 to halve, -1 to end a halving, 0 to leave it, as rates are too low or whole again."""
        self._low_since = (now if self._low_since is None else self._low_since) if is_low else None
        self._whole_since = (now if self._whole_since is None else self._whole_since) if is_whole else None
        if self._low_since is not None and now - self._low_since >= _HALF_AFTER_S:
            self._low_since = None
            was_too_soon = self._ended_at is not None and now - self._ended_at < _TOO_SOON_S
            self._whole_after_s = min(_MOST_S, 2 * self._whole_after_s) if was_too_soon else _WHOLE_AFTER_S
            return 1
        if self._whole_since is not None and now - self._whole_since >= self._whole_after_s:
            self._whole_since, self._ended_at = None, now
            return -1
        return 0
