"""Writes violations into a file: as CSV for spreadsheets, as JSON for programs."""

import csv
import io
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

from console.errors import BadInput
from console.output_files import STDOUT
from console.progress import progress_bars
from console.violations.records import Record
from console.violations.showing import as_json_line

Format = Literal["csv", "json", "jsonl"]
COLUMNS = (
    "id", "camera", "zone", "label", "state", "first_seen", "opened_at", "last_seen", "duration_s", "confidence",
    "observations", "box_x0", "box_y0", "box_x1", "box_y1", "model_version", "detector", "dismissed_at",
    "dismissal_reason",
)  # fmt: skip


def parse_format(path: Path, said: str | None) -> Format:
    """The format that was asked for, else that of the file's name.

    Raises:
        BadInput: neither is one.
    """
    name = said or path.suffix.removeprefix(".").lower()
    for each in get_args(Format):
        if name == each:
            return each  # type: ignore[no-any-return]
    formats = ", ".join(get_args(Format))
    raise BadInput(f"give --format with one of {formats}: neither it nor the suffix of {path} says one")


def export(records: Sequence[Record], path: Path, form: Format) -> None:
    """Write all of them; the file appears at once and whole.

    Raises:
        BadInput: the file cannot be written.
    """
    parts = lines(records, form)
    if path == STDOUT:
        for part in parts:
            sys.stdout.write(part)
        return
    try:
        _write(path, parts, len(records))
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}") from error


def lines(records: Iterable[Record], form: Format) -> Iterator[str]:
    """What a file of them holds, piece by piece."""
    return _WRITERS[form](records)


def _write(path: Path, parts: Iterable[str], total: int) -> None:
    descriptor, staged = tempfile.mkstemp(
        prefix=f".{path.name}-", dir=path.parent
    )  # its owner's alone: it is of people
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file, progress_bars() as bars:
            for part in bars.track(parts, total=total, description="violations"):
                file.write(part)
            file.flush()
            os.fsync(descriptor)
        Path(staged).replace(path)
    except BaseException:
        Path(staged).unlink(missing_ok=True)
        raise


def _csv(records: Iterable[Record]) -> Iterator[str]:
    yield _csv_line(COLUMNS)
    for record in records:
        yield _csv_line(_cells(record))


def _csv_line(cells: Iterable[object]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)  # RFC 4180: commas, CRLF, quotes where they are needed
    return text.getvalue()


def _cells(record: Record) -> Iterator[object]:
    each, said = record.violation, record.dismissal
    yield from map(_inert, (each.id, each.camera, each.zone or "", each.label.value, each.state.value))
    yield from map(_utc, (each.first_seen, each.opened_at, each.last_seen))
    yield from (each.duration_s, each.confidence, each.observations, *each.box, each.model_version)
    yield from (_inert(each.detector), _utc(said.at) if said else "", _inert(said.reason) if said else "")


def _inert(text: str) -> str:
    """Text that a spreadsheet takes for text and not for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _jsonl(records: Iterable[Record]) -> Iterator[str]:
    return (as_json_line(record) + "\n" for record in records)


def _json(records: Iterable[Record]) -> Iterator[str]:
    between = "["
    for record in records:
        yield f"{between}\n{as_json_line(record)}"
        between = ","
    yield "[]\n" if between == "[" else "\n]\n"


_WRITERS: dict[Format, Callable[[Iterable[Record]], Iterator[str]]] = {"csv": _csv, "json": _json, "jsonl": _jsonl}
