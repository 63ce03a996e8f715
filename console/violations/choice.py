"""Which violations are meant."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from console.errors import BadInput
from console.violation_log import parse_since
from console.violations.records import Record, Records, in_order
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


def chosen(records: Records, choice: Choice) -> list[Record]:
    """Those that are meant, oldest first.

    Raises:
        redis.RedisError: the server does not answer.
    """
    return in_order(each for each in records.of(choice.cameras or records.cameras()) if choice.includes(each))


def choice_of(
    cameras: Sequence[str] | None,
    times: tuple[str | None, str | None],
    kind: tuple[str | None, str | None, str | None],
    dismissed: bool | None,
    min_confidence: float,
    prefix: str = "--",
) -> Choice:
    """What options say; ``kind`` is zone, label and state, ``prefix`` stands before the names of options.

    Raises:
        BadInput: an option's text is none.
    """
    since, until = parse_times(*times, prefix)
    zone, label, state = kind
    return Choice(
        cameras=tuple(dict.fromkeys(cameras or ())),
        since=since,
        until=until,
        zone=zone,
        label=parse_label(label),
        is_open=None if state is None else state == "open",
        dismissed=dismissed,
        min_confidence=min_confidence,
    )


def parse_times(since: str | None, until: str | None, prefix: str = "--") -> tuple[datetime | None, datetime | None]:
    """The two instants of options.

    Raises:
        BadInput: one is none, or nothing lies between them.
    """
    now = datetime.now(UTC)
    begin = parse_since(since, now, f"{prefix}since") if since else None
    end = parse_since(until, now, f"{prefix}until") if until else None
    if begin and end and begin >= end:
        raise BadInput(f"{prefix}since is not before {prefix}until: nothing lies between them")
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
