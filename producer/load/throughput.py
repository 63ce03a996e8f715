"""How much of what cameras give workers get through: no clock, no input or output."""

from collections import deque
from typing import NamedTuple

_WINDOW_S = 1.0
_STANDS_S = 0.05  # a head that moved by less within a step stands: the clocks that tell of it are not exact
_STALLED_S = 3.0  # workers that take longer for a batch are away
_LEARNT = 0.05  # of what is seen of workers that take frames by fits and starts, at each look


class _Head(NamedTuple):
    """What the oldest waiting frame tells: when it was looked at, how much was let in before it, whether it is new.

    ``is_busy``: it had waited for so long that workers had no time left.
    """

    seen_at: float
    judged: float
    has_moved: bool
    is_busy: bool


class Throughput:
    """Follows the oldest waiting frame: what came before it is judged.

    All that is measured is in shares of what cameras would give at their own rates; instants are in seconds.
    ``now`` is what workers got through lately. ``known`` is what they are able to: it is learnt at once where
    they work without a pause, and slowly where they might just have been away for a moment.
    """

    def __init__(self) -> None:
        """Workers are taken to get through everything."""
        self.known = 1.0
        self.now = 1.0
        self._heads: deque[_Head] = deque()
        self._came_at = self._moved_at = float("-inf")

    def is_stalled(self, now: float) -> bool:
        """Whether nobody takes any frames."""
        return now - self._moved_at >= _STALLED_S

    @property
    def capacity(self) -> float:
        """What workers can do, as far as that is known: where they had time left, they did less than that."""
        return self.now if self._is_saturated else max(self.now, self.known)

    @property
    def _is_saturated(self) -> bool:
        is_whole = self._heads[-1].seen_at - self._heads[0].seen_at >= _WINDOW_S
        return is_whole and all(head.is_busy for head in self._heads)

    def look(self, now: float, came_at: float, judged: float, *, is_busy: bool) -> None:
        """Take in that the oldest frame came at ``came_at``, when ``judged`` in all had been let in before it.

        ``is_busy`` says that it has waited for longer than for the batch before it.
        """
        has_moved = came_at > self._came_at + _STANDS_S
        if has_moved:
            self._came_at, self._moved_at = came_at, now
        self._heads.append(_Head(now, judged, has_moved, is_busy))
        while self._heads[0].seen_at < now - _WINDOW_S and self._heads[1].seen_at <= now - _WINDOW_S:
            self._heads.popleft()
        first = self._heads[0]
        if now > first.seen_at:
            self.now = (judged - first.judged) / (now - first.seen_at)
        if self._is_saturated:
            learnt = 1.0 if all(head.has_moved for head in self._heads) else _LEARNT
            self.known += learnt * (self.now - self.known)
