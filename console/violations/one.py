"""The picture of one violation."""

from pathlib import Path

from console.errors import BadInput, CommandFailed
from console.finding import RunningSystem
from console.violation_log import ViolationLog
from console.violations.records import Record


def write_picture(system: RunningSystem, record: Record, path: Path) -> None:
    """Write the best picture of its face.

    Raises:
        CommandFailed: it has expired.
        BadInput: the file cannot be written.
    """
    jpeg = ViolationLog(system.servers.state, system.keys, camera=None).snapshot(record.violation)
    if jpeg is None:
        raise CommandFailed(f"the picture of {record.violation.id} has expired or was never taken")
    try:
        path.write_bytes(jpeg)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}") from error
