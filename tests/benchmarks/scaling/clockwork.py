"""A simulated clock, processor cores, and what runs on them one after the other."""

import heapq
import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

Then = Callable[[], None]


class Clock:
    """Runs what is due, in order."""

    def __init__(self) -> None:
        """At zero seconds, with nothing to come."""
        self.now = 0.0
        self._due: list[tuple[float, int, Then]] = []
        self._numbers = itertools.count()

    def after(self, seconds: float, then: Then) -> None:
        """Call ``then`` so much later; what is due at the same instant runs in the order in which it was asked for."""
        heapq.heappush(self._due, (self.now + seconds, next(self._numbers), then))

    def run(self, until: float) -> None:
        """Run everything up to an instant."""
        while self._due and self._due[0][0] <= until:
            self.now, _, then = heapq.heappop(self._due)
            then()
        self.now = until


class Cores:
    """Some processor cores that take pieces of work in the order in which they come; each runs to its end."""

    def __init__(self, clock: Clock, count: int) -> None:
        """All idle."""
        self.count = count
        self.busy_s = 0.0
        self._clock = clock
        self._idle = count
        self._waiting: deque[tuple[float, Then]] = deque()

    def run(self, seconds: float, then: Then) -> None:
        """Run a piece of work as soon as a core is idle, then call ``then``."""
        self._waiting.append((seconds, then))
        self._begin()

    def _begin(self) -> None:
        while self._idle and self._waiting:
            seconds, then = self._waiting.popleft()
            self._idle -= 1
            self.busy_s += seconds
            self._clock.after(seconds, lambda then=then: self._end(then))  # type: ignore[misc]

    def _end(self, then: Then) -> None:
        self._idle += 1
        then()
        self._begin()


@dataclass
class Thread:
    """What does one thing at a time: a server's thread, a process's Python, or a few threads together (``wide``)."""

    cores: Cores
    wide: int = 1
    busy_s: float = 0.0
    _waiting: deque[tuple[float, Then]] = field(default_factory=deque)

    def run(self, seconds: float, then: Then) -> None:
        """Run a piece of work behind all that were asked for before, on any core."""
        self._waiting.append((seconds, then))
        self._begin()

    def _begin(self) -> None:
        while self.wide and self._waiting:
            seconds, then = self._waiting.popleft()
            self.wide -= 1
            self.busy_s += seconds
            self.cores.run(seconds, lambda then=then: self._end(then))  # type: ignore[misc]

    def _end(self, then: Then) -> None:
        self.wide += 1
        then()
        self._begin()


class Wire:
    """One direction of a network link."""

    def __init__(self, clock: Clock, gigabits: float) -> None:
        """``gigabits`` a second; 0 is no network at all."""
        self.busy_s = 0.0
        self._clock = clock
        self._bytes_a_second = gigabits * 1e9 / 8
        self._free_at = 0.0

    def carry(self, size: float, then: Then) -> None:
        """Call ``then`` when so many bytes have passed, behind all that were given before."""
        if not self._bytes_a_second:
            then()
            return
        seconds = size / self._bytes_a_second
        self.busy_s += seconds
        self._free_at = max(self._free_at, self._clock.now) + seconds
        self._clock.after(self._free_at - self._clock.now, then)
