"""All that is told of some counts, in one shape for every output."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, TypeVar

from pydantic import Field

from console.compliance.compliance import Compliance, ComplianceFigures
from console.counting.counts import Counts
from console.counting.sight import BlindNow, BlindSeconds, Coverage, Sight, WatchedSeconds
from shared.messages import Message, PersonOutcome, Unjudged
from shared.streams import CountField

_Name = TypeVar("_Name", bound=str)

Violations = Annotated[int, Field(description="All that opened.")]
Dismissed = Annotated[int, Field(description="Of these, those that a person found to be none.")]
Confirmed = Annotated[int, Field(description="Of these, those that nobody dismissed.")]
People = Annotated[dict[PersonOutcome, int], Field(description="People by outcome, every outcome.")]
UnjudgedPeople = Annotated[dict[Unjudged, int], Field(description="People of whom nobody can tell, by every reason.")]
FramesByReason = Annotated[dict[str, int], Field(description="Frames by reason; reasons without any are left out.")]


class CountFigures(Message):
    """What is told of the counts of one camera or of several."""

    violations: Violations
    dismissed: Dismissed
    confirmed: Confirmed
    people: People
    unjudged: UnjudgedPeople
    compliance: ComplianceFigures
    coverage: Coverage
    watched_seconds: WatchedSeconds
    blind_seconds: BlindSeconds
    blind_now: BlindNow
    frames_processed: int = Field(description="Frames that were judged.")
    frames_dropped: FramesByReason
    frames_dead_lettered: FramesByReason


@dataclass(frozen=True)
class Figures:
    """Of one camera or of all, in a stretch of time."""

    counts: Counts
    sight: Sight
    compliance: Compliance

    @property
    def dismissed(self) -> int:
        """Violations that a person found to be none."""
        return max(self.counts.of(CountField.DISMISSED), 0)

    @property
    def violations(self) -> int:
        """All that opened."""
        return max(self.counts.of(CountField.VIOLATIONS), 0)

    @property
    def confirmed(self) -> int:
        """Violations that nobody dismissed."""
        return max(self.violations - self.dismissed, 0)

    @property
    def people(self) -> dict[PersonOutcome, int]:
        """By outcome, every outcome."""
        return people_by_outcome(self.counts)

    @property
    def unjudged(self) -> dict[Unjudged, int]:
        """People of whom nobody can tell, by every reason."""
        return unjudged(self.counts)

    @property
    def as_message(self) -> CountFigures:
        """For programs."""
        return CountFigures(
            violations=self.violations,
            dismissed=self.dismissed,
            confirmed=self.confirmed,
            people=self.people,
            unjudged=self.unjudged,
            compliance=self.compliance.as_message,
            **dict(self.sight.as_message),
            frames_processed=self.counts.of(CountField.PROCESSED),
            frames_dropped=self.counts.by_detail(CountField.DROPPED),
            frames_dead_lettered=self.counts.by_detail(CountField.DEAD_LETTERED),
        )


def people_by_outcome(counts: Counts) -> dict[PersonOutcome, int]:
    """People by outcome, every outcome."""
    return {each: counts.of(CountField.PEOPLE, each) for each in PersonOutcome}


def unjudged(counts: Counts) -> dict[Unjudged, int]:
    """People of whom nobody can tell, by every reason."""
    return {each: counts.of(CountField.UNJUDGED, each) for each in Unjudged}


def not_seen(sight: Sight) -> str:
    """What was not seen, in words; empty where all was."""
    reasons = [f"{reason.value.replace('_', ' ')} for {span(s)}" for reason, s in sight.blind_s.items() if s >= 1]
    if sight.now is not None:
        reasons.append(f"right now {sight.now.reason.value.replace('_', ' ')}")
    if not reasons and not sight.watched_s:
        return "nothing was seen"
    return f"not seen: {', '.join(reasons)}" if reasons else ""


def by_reason(counts: Mapping[_Name, int]) -> str:
    """Counts above zero, in words."""
    return ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in counts.items() if n)


def span(seconds: float) -> str:
    """Seconds in the unit that reads best."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def percent(share: float | None) -> str:
    """A share for people; whole only where it is, so that 99.96% is not shown as all."""
    if share is None:
        return "-"
    shown = f"{share:.0%}"
    return f"{share:.1%}" if shown in {"0%", "100%"} and share not in {0.0, 1.0} else shown
