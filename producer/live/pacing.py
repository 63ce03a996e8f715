"""Which of a live camera's pictures are published, and how a failing one is tried again."""

import random


class Pacer:
    """Picks pictures at a target rate; the others are read all the same, so that none waits in a buffer."""

    def __init__(self, fps: float) -> None:
        """Pick at most ``fps`` pictures a second."""
        self._interval_s = 1 / fps
        self._due_at: float | None = None

    def is_due(self, now: float) -> bool:
        """Whether the picture that came at ``now``, in monotonic seconds, is one to publish."""
        if self._due_at is None:
            self._due_at = now
        # A picture a little early is better than one a whole picture late: cameras jitter.
        if now < self._due_at - self._interval_s * 0.1:
            return False
        behind = now - self._due_at > self._interval_s
        # After a pause the rhythm starts anew instead of catching up.
        self._due_at = now + self._interval_s if behind else self._due_at + self._interval_s
        return True

    def make_due(self) -> None:
        """The next picture is one to publish."""
        self._due_at = None


class Backoff:
    """Waiting times before the next attempt: they double up to a ceiling, with jitter.

    The jitter keeps many cameras behind one rebooting switch from coming back in step.
    """

    def __init__(self, first_s: float, max_s: float) -> None:
        """Begin with about ``first_s`` seconds and never wait more than ``max_s``."""
        self._first_s = first_s
        self._max_s = max_s
        self._failures = 0

    def next_s(self) -> float:
        """How long to wait after one more failure: between half and all of the doubled time."""
        ceiling = min(self._max_s, self._first_s * 2.0 ** min(self._failures, 30))
        self._failures += 1
        return ceiling * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, keeps no secret

    def reset(self) -> None:
        """It worked: the next failure waits for ``first_s`` again."""
        self._failures = 0
