"""One source is opened, looked at and let go: what `maskwatch camera test` tells."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from console.cameras import adding, addresses, parsing
from console.cameras.changing import known_camera
from console.cameras.logins import Login
from console.cameras.messages import CameraProbe
from console.cameras.wishes import Wish
from console.errors import BadInput, CommandFailed
from console.finding import RunningSystem
from producer import camera_test
from producer.camera_test import CameraReport
from shared.cameras import Camera, Transport
from shared.redaction import redact


@dataclass(frozen=True)
class Subject:
    """What is tested: its address, login included, and a name for people and files."""

    address: str = field(repr=False)
    name: str
    transport: Transport = "tcp"


def of_camera(system: RunningSystem, camera_id: str, transport: Transport | None = None) -> Subject:
    """An attached camera as this machine can open it.

    Raises:
        NotFound: there is none with this id.
        CommandFailed: its login cannot be had here.
    """
    camera = known_camera(system, camera_id)
    return Subject(addresses.address(system, camera), camera_id, transport or camera.transport)


def of_source(source: str, login: Login | None, transport: Transport | None = None) -> Subject:
    """A source that need not be attached, with its login.

    Raises:
        BadInput: it is none, or its login is hidden.
        CommandFailed: its login is not on this machine.
    """
    wish = parsing.checked(Wish("test", source, transport=transport or "tcp"))
    if wish.is_hidden:
        raise BadInput("its login is hidden: write it out, or use --login-env, --login-file or --login-ask")
    wish = adding.with_login(wish, login)
    camera = Camera.model_validate({"id": wish.id, "source": wish.source, "login": wish.login})
    return Subject(addresses.unsealed(camera), name_of(source), wish.transport)


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


def told(report: CameraReport, still: str | None) -> CameraProbe:
    """The report for programs; ``still`` is where its picture is."""
    return CameraProbe(
        width=report.width,
        height=report.height,
        claimed_fps=report.fps,
        measured_fps=report.measured_fps,
        codec=report.codec,
        still=still,
    )


def as_line(report: CameraReport) -> str:
    """The same for people."""
    claimed = "claims no rate" if report.fps is None else f"claims {report.fps:g} frames/s"
    measured = "" if report.measured_fps is None else f", gives {report.measured_fps:.1f}"
    return f"ok: {report.width}x{report.height}, {report.codec}, {claimed}{measured}"
