"""The pictures of one violation."""

from pathlib import Path

from console.errors import CommandFailed
from console.finding import RunningSystem
from console.violation_log import ViolationLog
from console.violation_log import write_picture as write
from console.violations.records import Record
from shared.snapshot_store import Kind


def write_picture(system: RunningSystem, record: Record, kind: Kind, path: Path) -> None:
    """Write the best picture of its face, or of all that the camera saw.

    Raises:
        CommandFailed: it has expired, or the store cannot be reached.
        BadInput: the file cannot be written.
    """
    jpeg = ViolationLog(system.servers.state, system.keys, system.pictures).snapshot(record.violation, kind)
    if jpeg is None:
        raise CommandFailed(f"the {kind} picture of {record.violation.id} has expired or was never taken")
    write(path, jpeg)
