"""With how many cameras to measure next: coarsely up, then into the gap between what was held and what was not."""


class Search:
    """Ends when no more than ``within`` cameras lie between held and not held, or the most are held.

    Where the start is the most, it is the only number that is asked about.
    """

    def __init__(self, start: int, step: int, most: int, within: int = 2) -> None:
        self._is_single = start == most
        self._step = step
        self._most = most
        self._within = within
        self.held = 0
        self.failed: int | None = None
        self.following: int | None = start  # with how many to measure next; none at the end

    def note(self, cameras: int, is_held: bool) -> None:
        """What became of so many cameras."""
        if is_held:
            self.held = max(self.held, cameras)
        else:
            self.failed = cameras if self.failed is None else min(self.failed, cameras)
        self.following = None if self._is_single else self._next()

    def _next(self) -> int | None:
        if self.failed is None:
            return min(self.held + self._step, self._most) if self.held < self._most else None
        return (self.held + self.failed) // 2 if self.failed - self.held > self._within else None
