"""How much of what cameras give workers get through: no clock, no input or output."""

from collections import deque
from typing import NamedTuple

_WINDOW_S = 1.0
_STANDS_S = 0.05  # a head that moved by less within a step stands: the clocks that tell of it are not exact
_STALLED_S = 3.0  # workers that take longer for a batch are away
_LEARNT = 0.05  # of what is seen of workers that take frames by fits and starts, at each look


class _Head(NamedTuple):
    """What the oldest waiting frame tells: when it was looked at, how much was let in before it, whether it is new."""

    seen_at: float
    judged: float
    has_moved: bool


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

    def look(self, now: float, came_at: float, judged: float, *, is_late: bool) -> None:
        """Take in that the oldest frame came at ``came_at``, when ``judged`` in all had been let in before it.

        Workers that are late have no time left, so that what they do is what they can.
        """
        has_moved = came_at > self._came_at + _STANDS_S
        if has_moved:
            self._came_at, self._moved_at = came_at, now
        self._heads.append(_Head(now, judged, has_moved))
        while len(self._heads) > 2 and self._heads[1].seen_at <= now - _WINDOW_S:
            self._heads.popleft()
        first = self._heads[0]
        if now > first.seen_at:
            self.now = (judged - first.judged) / (now - first.seen_at)
        if is_late:
            learnt = 1.0 if all(head.has_moved for head in self._heads) else _LEARNT
            self.known += learnt * (self.now - self.known)
