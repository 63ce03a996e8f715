"""What a webhook remembers, and a change of it that is written as a whole or not at all."""

from collections import Counter
from dataclasses import dataclass, field

from shared.messages import ViolationState
from shared.webhooks import Outcome, WaitingEvent

MAX_ANNOUNCED = 10_000  # violations that never end would pile up


@dataclass
class Memory:
    """What is on the state server of one webhook, read when its lease was taken.

    ``positions`` are the entries of the violation logs, by camera, up to which all is decided; ``waiting``
    is the queue by place, oldest first; ``announced`` are violations whose opening is in it or was sent;
    ``cooldowns`` says, by camera, when the last opening that was let through was counted.
    """

    positions: dict[str, str] = field(default_factory=dict)
    waiting: dict[int, WaitingEvent] = field(default_factory=dict)
    announced: set[str] = field(default_factory=set)
    cooldowns: dict[str, int] = field(default_factory=dict)

    @property
    def next_place(self) -> int:
        """Behind all that waits."""
        return max(self.waiting, default=-1) + 1


@dataclass
class Change:
    """What comes to a memory and what leaves it. ``status`` are texts for people and instants."""

    positions: dict[str, str] = field(default_factory=dict)
    added: dict[int, WaitingEvent] = field(default_factory=dict)
    removed: set[int] = field(default_factory=set)
    announced: dict[str, int] = field(default_factory=dict)  # violation -> its instant in milliseconds
    closed: set[str] = field(default_factory=set)  # violations of which nothing more is sent
    cooldowns: dict[str, int] = field(default_factory=dict)
    counts: Counter[Outcome] = field(default_factory=Counter)
    status: dict[str, str] = field(default_factory=dict)

    def withdraw(self, memory: Memory, place: int, outcome: Outcome) -> None:
        """Take an event that is not delivered off the queue; with an opening all that follows on it."""
        queue = memory.waiting | self.added
        violation = queue[place].violation
        gone = {place}
        if violation.state is ViolationState.OPENED:
            gone = {each for each, other in queue.items() if other.violation.id == violation.id}
            self.closed.add(violation.id)
        gone -= self.removed
        self.removed |= gone
        self.counts[outcome] += len(gone)

    def apply(self, memory: Memory) -> None:
        """Make the memory as the state server has it now."""
        memory.positions |= self.positions
        memory.waiting |= self.added
        for place in self.removed:
            memory.waiting.pop(place, None)
        memory.announced |= self.announced.keys()
        memory.announced -= self.closed
        memory.cooldowns |= self.cooldowns
