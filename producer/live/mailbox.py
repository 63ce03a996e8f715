"""Between a camera's two threads: the newest picture, and which due ones will not be sent."""

import threading
from collections import deque
from dataclasses import dataclass, replace

from producer.sources.base import Picture


@dataclass(frozen=True)
class Arrival:
    """A picture, when it came and when its connection was opened, in monotonic seconds, from which kind of source."""

    picture: Picture
    at: float
    opened_at: float
    can_freeze: bool
    is_due: bool  # whether it is one to send, or only to be looked at
    silence_limit_s: float | None  # a source that is silent for longer has stalled; ``None`` may be silent
    due_at: float  # when the one came that was to be sent: this, or an older one in whose place it stands


class Mailbox:
    """Holds the newest picture only: a sender that is held up never gets an old one."""

    def __init__(self, most_withheld: int) -> None:
        """Empty; of more withheld pictures than ``most_withheld`` the oldest are forgotten.

        These have no number yet: a camera of which nothing can be told for long counts as not captured meanwhile.
        """
        self._changed = threading.Condition()
        self._newest: Arrival | None = None
        self._is_closed = False
        self._withheld: deque[float] = deque(maxlen=most_withheld)

    def put(self, arrival: Arrival) -> None:
        """Replace what waits; where that was one to send, this is, and of two to send the older one is withheld."""
        with self._changed:
            waiting = self._newest
            if waiting is not None and waiting.is_due:
                if arrival.is_due:
                    self._withheld.append(waiting.at)
                arrival = replace(arrival, is_due=True, due_at=waiting.due_at)
            self._newest = arrival
            self._changed.notify_all()

    def withhold(self, at: float) -> None:
        """A picture that came then was due and will not be sent."""
        with self._changed:
            self._withheld.append(at)

    def is_empty(self, timeout_s: float) -> bool:
        """Whether the picture that waited was taken in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self._newest is None, timeout_s)

    def close(self) -> None:
        """Nobody need wait any more."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def take(self, timeout_s: float) -> Arrival | None:
        """The newest picture, as soon as there is one; ``None`` where none came in time."""
        with self._changed:
            self._changed.wait_for(lambda: self._newest is not None or self._is_closed, timeout_s)
            taken, self._newest = self._newest, None
            self._changed.notify_all()
            return taken

    def take_withheld(self, before: float) -> list[float]:
        """When the pictures came, in order, that were withheld and are older than an instant."""
        with self._changed:
            taken = sorted(at for at in self._withheld if at < before)
            later = [at for at in self._withheld if at >= before]
            self._withheld.clear()
            self._withheld.extend(later)
            return taken
