"""A camera as the operator declares it, and what its source string means."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import AwareDatetime, Field, model_validator

from shared.messages import CameraId, Message, OnOverload

_CREDENTIALS = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*://)\S*@", re.IGNORECASE)
_SECRET_QUERY = re.compile(r"(?P<name>[?&](?:password|passwd|pwd|pass|token|key|auth|user)=)[^&\s]*", re.IGNORECASE)


class SourceKind(StrEnum):
    """What a source string names."""

    RTSP = "rtsp"
    HTTP = "http"
    USB = "usb"
    FILE = "file"
    FOLDER = "folder"
    DEMO = "demo"


class CameraState(StrEnum):
    """Where a camera is in its life; what ``status`` shows."""

    CONNECTING = "connecting"
    LIVE = "live"
    STALLED = "stalled"
    BACKING_OFF = "backing_off"
    FAILED = "failed"
    STOPPED = "stopped"


LOSSLESS_KINDS = frozenset({SourceKind.FILE, SourceKind.FOLDER})


def redact(text: str) -> str:
    """The text with user names, passwords and tokens of every address in it replaced by ``***``."""
    without_login = _CREDENTIALS.sub(r"\g<scheme>***@", text)
    return _SECRET_QUERY.sub(r"\g<name>***", without_login)


def kind_of(source: str) -> SourceKind:
    """What kind of source a string names; whether it can be opened is another matter."""
    scheme = source.split("://", 1)[0].lower() if "://" in source else ""
    if scheme in {"rtsp", "rtsps"}:
        return SourceKind.RTSP
    if scheme in {"http", "https"}:
        return SourceKind.HTTP
    if source.isdigit() or source.startswith("/dev/video"):
        return SourceKind.USB
    if source.startswith("demo:"):
        return SourceKind.DEMO
    return SourceKind.FOLDER if Path(source).is_dir() else SourceKind.FILE


class Camera(Message):
    """A camera that producers attach.

    ``fps`` is the target frame rate; ``None`` is every frame for files and folders and the
    producer's default for live sources. ``epoch`` counts the times that this id was attached to a
    source from its start: for files it is the pass.
    """

    id: CameraId
    source: str = Field(min_length=1, repr=False)
    kind: SourceKind
    on_overload: OnOverload
    fps: Annotated[float, Field(gt=0, le=240)] | None = None
    epoch: int = Field(default=0, ge=0)

    @model_validator(mode="before")
    @classmethod
    def _fill_in_from_source(cls, values: object) -> object:
        if isinstance(values, dict) and isinstance(values.get("source"), str):
            kind = SourceKind(values.get("kind") or kind_of(values["source"]))
            policy = "wait" if kind in LOSSLESS_KINDS else "drop_oldest"
            return {"kind": kind, "on_overload": policy} | values
        return values

    @property
    def redacted_source(self) -> str:
        """The source without credentials: the only form that may be shown."""
        return redact(self.source)

    @property
    def is_lossless(self) -> bool:
        """Whether the producer waits rather than drops."""
        return self.on_overload == "wait"


class CaptureStatus(Message):
    """What the producer last said of one camera; kept on the state server, one a camera."""

    camera: CameraId
    state: CameraState
    epoch: int = Field(ge=0)
    captured: int = Field(default=0, ge=0)  # frames of this epoch: the next sequence number
    has_ended: bool = False
    started_at: AwareDatetime | None = None  # of a file's pass: what its own timestamps count from
    frames_per_second: float = Field(default=0.0, ge=0)
    last_frame_at: AwareDatetime | None = None
    message: str = ""  # redacted
    producer: str = ""
