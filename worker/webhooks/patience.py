"""When which event is tried next: a receiver that is away is left alone, one bad event holds up no other."""

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from shared.webhooks import WaitingEvent


@dataclass(frozen=True)
class Backoff:
    """Seconds between two tries: the first, doubled each time, up to the most; each between half and all of it."""

    first_s: float = 1.0
    most_s: float = 300.0

    def after(self, failures: int) -> float:
        """How long to wait after so many failures in a row, from 1 on."""
        # The bound keeps the power a number that a float can hold.
        span = min(self.most_s, self.first_s * 2.0 ** min(failures - 1, 60))
        return span * random.uniform(0.5, 1.0)  # noqa: S311 - spreads tries, hides nothing


class Patience:
    """Remembers failures. Events are known by their places in the queue; instants are monotonic seconds."""

    def __init__(self, backoff: Backoff) -> None:
        """Nothing has failed yet."""
        self._backoff = backoff
        self._failures: dict[int, int] = {}
        self._due: dict[int, float] = {}
        self._receiver_failures = 0
        self._receiver_due = 0.0

    def event_failed(self, place: int, now: float, at_least_s: float) -> None:
        """Try this one later, and another one after the shortest wait."""
        self._failures[place] = self._failures.get(place, 0) + 1
        self._due[place] = now + max(at_least_s, self._backoff.after(self._failures[place]))
        self._receiver_due = now + self._backoff.after(1)

    def receiver_failed(self, now: float, at_least_s: float) -> None:
        """Try nothing for a while."""
        self._receiver_failures += 1
        self._receiver_due = now + max(at_least_s, self._backoff.after(self._receiver_failures))

    def answered(self) -> None:
        """The receiver is there."""
        self._receiver_failures, self._receiver_due = 0, 0.0

    def forget(self, places: Iterable[int]) -> None:
        """These wait no more."""
        for place in places:
            self._failures.pop(place, None)
            self._due.pop(place, None)

    def next(self, waiting: Mapping[int, WaitingEvent], now: float) -> int | None:
        """The event to try now: of those that failed least the oldest, none before an earlier one of its violation."""
        if now < self._receiver_due:
            return None
        due = (place for place in _heads(waiting) if self._due.get(place, 0.0) <= now)
        return min(due, key=lambda place: self._failures.get(place, 0), default=None)

    def idle_s(self, waiting: Mapping[int, WaitingEvent], now: float, most_s: float) -> float:
        """How long nothing can be tried, ``most_s`` at most."""
        first = min((self._due.get(place, 0.0) for place in _heads(waiting)), default=now + most_s)
        return min(most_s, max(0.0, max(first, self._receiver_due) - now))


def _heads(waiting: Mapping[int, WaitingEvent]) -> Iterator[int]:
    """The first event of each violation."""
    seen: set[str] = set()
    for place, event in waiting.items():
        if event.violation.id not in seen:
            seen.add(event.violation.id)
            yield place
