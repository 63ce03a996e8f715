"""Spells of people before an area's cameras, and the logs that they leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shared.messages import Box, Violation, ViolationState
from shared.violation_log import Logged
from worker.events.areas.matcher import Change, Matcher

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
WINDOW_S = 5.0


@dataclass(frozen=True)
class Spell:
    """Seconds behind noon at which a camera saw somebody first and last."""

    camera: str
    first_s: float
    last_s: float

    def overlaps(self, other: "Spell", window_s: float = WINDOW_S) -> bool:
        return self.first_s <= other.last_s + window_s and other.first_s <= self.last_s + window_s


def a_violation(
    violation_id: str, spell: Spell, state: ViolationState = ViolationState.OPENED, opened_after_s: float = 0.5
) -> Violation:
    first, last = NOON + timedelta(seconds=spell.first_s), NOON + timedelta(seconds=spell.last_s)
    return Violation(
        id=violation_id,
        camera=spell.camera,
        state=state,
        first_seen=first,
        opened_at=first + timedelta(seconds=opened_after_s),
        last_seen=last if state is ViolationState.ENDED else first,
        confidence=0.9,
        observations=3,
        box=Box(0, 0, 10, 10),
        model_version=1,
        detector="maskwatch",
    )


def as_log(spells: Sequence[Spell], late_s: Sequence[float] | None = None) -> list[Logged]:
    """What the cameras' logs hold, in the state server's order; ``late_s`` says how late each spell is told of."""
    late = late_s or [0.0] * len(spells)
    changes = []
    for number, (spell, delay) in enumerate(zip(spells, late, strict=True)):
        name = f"{spell.camera}-1-{number}-0"
        # The end is known three seconds later; the opening half a second behind the first sight.
        changes.append((spell.first_s + 0.5 + delay, number, spell.camera, a_violation(name, spell)))
        ended = a_violation(name, spell, ViolationState.ENDED)
        changes.append((max(spell.first_s + 0.5, spell.last_s + 3) + delay, number, spell.camera, ended))
    changes.sort(key=lambda each: each[:2])
    ids = [(int((NOON.timestamp() + at_s) * 1000), place) for place, (at_s, *_) in enumerate(changes)]
    return [
        Logged(camera, f"{ms}-{place}", violation)
        for (ms, place), (_, _, camera, violation) in zip(ids, changes, strict=True)
    ]


def taken(log: Sequence[Logged], window_s: float = WINDOW_S) -> tuple[int, Matcher, Change]:
    """The count of a log that is read at once."""
    matcher = Matcher({}, 0, window_s)
    change = matcher.take(log)
    return change.counts["violations"], matcher, change


def counted(spells: Sequence[Spell], late_s: Sequence[float] | None = None) -> int:
    return taken(as_log(spells, late_s))[0]
