"""A violation as a line for people, and as JSON for programs."""

import json

from pydantic import AwareDatetime, Field

from console.report_parts import plain_text
from console.violations.records import Record
from shared.messages import Message, Violation


class DismissalRecord(Message):
    """That a person looked at a violation and found that it is none."""

    at: AwareDatetime
    reason: str


class ViolationRecord(Violation):
    """One spell of one person without a mask, and what a person said of it.

    ``box`` is the face in pixels of the camera's picture where it was last seen: left, top, right, bottom.
    """

    dismissal: DismissalRecord | None = Field(description="Null unless somebody dismissed it.")


def as_message(record: Record) -> ViolationRecord:
    """All that is known of it, for programs."""
    said = record.dismissal
    dismissal = None if said is None else DismissalRecord(at=said.at, reason=said.reason)
    return ViolationRecord(**dict(record.violation), dismissal=dismissal)


def as_json_line(record: Record) -> str:
    """The same as a line of JSON."""
    return json.dumps(as_message(record).model_dump(mode="json"))


def as_line(record: Record) -> str:
    """For people; nothing in it steers the terminal."""
    violation = record.violation
    when = violation.opened_at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    place = violation.camera + (f" ({violation.zone})" if violation.zone else "")
    what = f"{violation.label.value}, {violation.confidence:.0%} sure, seen {violation.duration_s:.1f} s"
    return plain_text(f"{when}  {place}  {violation.state}  {what}{_dismissed(record)}  {violation.id}")


def facts(record: Record) -> list[str]:
    """A line for each thing that is known of it."""
    known = as_message(record).model_dump(mode="json", exclude={"schema_version"})
    shown = {name: value for name, value in known.items() if value is not None}
    if record.dismissal is not None:
        shown["dismissal"] = f"{record.dismissal.at.isoformat()} {record.dismissal.reason}".strip()
    return [plain_text(f"{name}: {value}") for name, value in shown.items()]


def _dismissed(record: Record) -> str:
    if record.dismissal is None:
        return ""
    return f"  dismissed ({record.dismissal.reason})" if record.dismissal.reason else "  dismissed"
