"""A violation as a line for people, and as JSON for programs."""

import json
from typing import Any

from console.report_parts import plain_text
from console.violations.records import Record


def as_json(record: Record) -> dict[str, Any]:
    """All that is known of it."""
    dismissal = record.dismissal
    said = None if dismissal is None else dismissal.model_dump(mode="json", include={"at", "reason"})
    return {**record.violation.model_dump(mode="json"), "dismissal": said}


def as_json_line(record: Record) -> str:
    """For programs."""
    return json.dumps(as_json(record))


def as_line(record: Record) -> str:
    """For people; nothing in it steers the terminal."""
    violation = record.violation
    when = violation.opened_at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    place = violation.camera + (f" ({violation.zone})" if violation.zone else "")
    what = f"{violation.label.value}, {violation.confidence:.0%} sure, seen {violation.duration_s:.1f} s"
    return plain_text(f"{when}  {place}  {violation.state}  {what}{_dismissed(record)}  {violation.id}")


def facts(record: Record) -> list[str]:
    """A line for each thing that is known of it."""
    shown = {name: value for name, value in as_json(record).items() if value is not None and name != "schema_version"}
    if record.dismissal is not None:
        shown["dismissal"] = f"{record.dismissal.at.isoformat()} {record.dismissal.reason}".strip()
    return [plain_text(f"{name}: {value}") for name, value in shown.items()]


def _dismissed(record: Record) -> str:
    if record.dismissal is None:
        return ""
    return f"  dismissed ({record.dismissal.reason})" if record.dismissal.reason else "  dismissed"
