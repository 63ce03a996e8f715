"""One source is opened, looked at and let go: what `maskwatch camera test` tells."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from console.errors import CommandFailed
from producer import camera_test
from producer.camera_test import CameraReport
from shared.cameras import Transport
from shared.redaction import redact


@dataclass(frozen=True)
class Subject:
    """What is tested: its address, login included, and a name for people and files."""

    address: str = field(repr=False)
    name: str
    transport: Transport = "tcp"


def look(subject: Subject, timeout_s: float) -> CameraReport:
    """Open the source within about ``timeout_s`` seconds and take a picture.

    Raises:
        CommandFailed: by name what is wrong.
    """
    try:
        return camera_test.probe(subject.address, timeout_s, transport=subject.transport)
    except camera_test.SourceError as error:
        raise CommandFailed(redact(str(error))) from error


def name_of(source: str) -> str:
    """What a source is called in the name of a file: an address's host, else the last part of a path."""
    try:
        name = urlsplit(source).hostname if "://" in source else Path(source.partition(":")[2] or source).stem
    except ValueError:  # an address that is none, which opening it will tell
        name = None
    return re.sub(r"[^A-Za-z0-9.-]+", "-", name or "").strip("-.") or "source"


def still_name(subject: Subject, now: datetime) -> Path:
    """Where a still goes that nobody gave a name; ``now`` is local time."""
    return Path(f"camera-test-{subject.name}-{now:%Y%m%d-%H%M%S}.jpg")


def as_json(report: CameraReport, still: Path | None) -> dict[str, Any]:
    """Rates in frames a second, ``null`` where the source says none or gave too few pictures to measure."""
    return {
        "ok": True,
        "width": report.width,
        "height": report.height,
        "claimed_fps": report.fps,
        "measured_fps": report.measured_fps,
        "codec": report.codec,
        "still": None if still is None else str(still),
    }


def as_line(report: CameraReport) -> str:
    """The same for people."""
    claimed = "claims no rate" if report.fps is None else f"claims {report.fps:g} frames/s"
    measured = "" if report.measured_fps is None else f", gives {report.measured_fps:.1f}"
    return f"ok: {report.width}x{report.height}, {report.codec}, {claimed}{measured}"
