"""Which of one camera's due frames are sent while rates are lowered."""

import random


class Throttle:
    """Lets a share of a camera's frames through, evenly in time, and one at least as often as was promised."""

    def __init__(self, fresh_within_s: float) -> None:
        """Let a frame through at least every ``fresh_within_s`` seconds, as far as there are any."""
        self._fresh_within_s = fresh_within_s
        # Cameras begin in different places: at half the rate not all of them send in the same fifth of a second.
        self._credit = random.random()  # noqa: S311 - spreads load, keeps no secret
        self._admitted_at: float | None = None

    def admits(self, now: float, rate: float, interval_s: float) -> bool:
        """Whether the frame that is due at ``now``, in monotonic seconds, is sent.

        ``rate`` is the share of frames to send, above 0 to 1; ``interval_s`` the time until the next one is due.
        """
        self._credit = min(1.0, self._credit) + rate
        if self._credit < 1 and not self._is_promised(now, interval_s):
            return False
        self._credit = max(0.0, self._credit - 1)
        self._admitted_at = now
        return True

    def _is_promised(self, now: float, interval_s: float) -> bool:
        """Whether waiting for the next frame would break the promise."""
        return self._admitted_at is None or now + interval_s > self._admitted_at + self._fresh_within_s
