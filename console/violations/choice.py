"""Which violations are meant."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from console.errors import BadInput
from console.violation_log import parse_since
from console.violations.records import Record
from shared.messages import Label, ViolationState


@dataclass(frozen=True)
class Choice:
    """What is ``None`` or empty does not matter; ``dismissed`` asks for dismissed ones, or for others."""

    cameras: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None
    zone: str | None = None
    label: Label | None = None
    is_open: bool | None = None
    dismissed: bool | None = None
    min_confidence: float = 0.0

    def includes(self, record: Record) -> bool:
        """Whether a violation is one of them: its camera apart, which is asked for when they are read."""
        violation = record.violation
        return (
            (self.since is None or violation.opened_at >= self.since)
            and (self.until is None or violation.opened_at < self.until)
            and (self.zone is None or violation.zone == self.zone)
            and (self.label is None or violation.label == self.label)
            and (self.is_open is None or (violation.state is not ViolationState.ENDED) == self.is_open)
            and (self.dismissed is None or (record.dismissal is not None) == self.dismissed)
            and violation.confidence >= self.min_confidence
        )


def parse_times(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    """The two instants of options.

    Raises:
        BadInput: one is none, or nothing lies between them.
    """
    now = datetime.now(UTC)
    begin = parse_since(since, now) if since else None
    end = parse_since(until, now, "--until") if until else None
    if begin and end and begin >= end:
        raise BadInput("--since is not before --until: nothing lies between them")
    return begin, end


def parse_label(text: str | None) -> Label | None:
    """The label of an option.

    Raises:
        BadInput: no violation has such a label.
    """
    wrong: Collection[Label] = (Label.WITHOUT_MASK, Label.INCORRECT_MASK)
    if text is not None and text not in wrong:
        raise BadInput(f"{text!r} is no label of a violation: give {' or '.join(wrong)}")
    return Label(text) if text is not None else None
