"""A camera as the operator declares it, what its source string means, and what a producer says of it."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from shared.messages import CameraId, Message, OnOverload
from shared.redaction import redact
from shared.zones import Zones

LOOP_PREFIX = "loop:"  # a video file that is played again and again, as if it were a camera
WATCH_PREFIX = "watch:"  # a folder whose pictures are shown as they arrive

Motion = Literal["off", "low", "medium", "high"]
Transport = Literal["tcp", "udp"]
# Where a producer finds "user:password" when it connects: env:NAME or file:PATH.
LoginPlace = Annotated[str, StringConstraints(pattern=r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:/.+)$")]


class SourceKind(StrEnum):
    """What a source string names."""

    RTSP = "rtsp"
    HTTP = "http"  # MJPEG, or one JPEG at a time: what the camera answers tells
    HLS = "hls"
    USB = "usb"
    FILE = "file"
    LOOP = "loop"
    FOLDER = "folder"
    WATCH = "watch"
    DEMO = "demo"


class CameraState(StrEnum):
    """Where a camera is in its life; what ``status`` shows."""

    CONNECTING = "connecting"
    LIVE = "live"
    STALLED = "stalled"
    BACKING_OFF = "backing_off"
    FAILED = "failed"
    STOPPED = "stopped"


class StallReason(StrEnum):
    """Why a camera that was live counts as stalled."""

    SILENT = "silent"  # it gave no picture
    SAME_PICTURE = "same_picture"  # it gave one and the same picture, which no living camera does


class PictureFault(StrEnum):
    """What was wrong with what a camera gave; the camera goes on."""

    CUT = "cut"  # a JPEG that ends too early, or bytes that are none
    SMEARED = "smeared"  # green or grey where the picture was, or damaged on the way
    SIZE_CHANGE = "size_change"
    TIMESTAMP_JUMP = "timestamp_jump"  # of the camera's own timestamps
    RATE_JUMP = "rate_jump"  # twice or half as many pictures a second as before
    CLOCK_STEP = "clock_step"  # of the clock of the producer's machine


LOSSLESS_KINDS = frozenset({SourceKind.FILE, SourceKind.FOLDER})
LOCAL_KINDS = LOSSLESS_KINDS | {SourceKind.LOOP, SourceKind.WATCH}  # paths of the producer's machine


def kind_of(source: str) -> SourceKind:
    """What kind of source a string names; whether it can be opened is another matter."""
    scheme, separator, rest = source.partition("://")
    scheme = scheme.lower() if separator else ""
    if scheme in {"rtsp", "rtsps"}:
        return SourceKind.RTSP
    if scheme in {"http", "https"}:
        is_playlist = rest.partition("?")[0].lower().endswith((".m3u8", ".m3u"))
        return SourceKind.HLS if is_playlist else SourceKind.HTTP
    if source.isdigit() or source.startswith("/dev/video"):
        return SourceKind.USB
    prefix = source.partition(":")[0]
    if prefix in {"demo", "loop", "watch"} and ":" in source:
        return SourceKind(prefix)
    return SourceKind.FOLDER if _is_folder(source) else SourceKind.FILE


def _is_folder(path: str) -> bool:
    try:
        return Path(path).is_dir()
    except OSError:  # a name that is too long for any file
        return False


class Camera(Message):
    """A camera that producers attach.

    ``source`` holds no login: one that came in its address is in ``sealed_source``, the whole address
    encrypted for producers (see ``shared.logins``), or is found by them at ``login``. ``fps`` is the
    target frame rate; ``None`` is every frame for files and folders and the producer's default for
    live sources. ``motion`` is how readily a change sends a frame; ``None`` is the producer's default
    for live sources and ``off`` for files and folders. ``epoch`` counts the times that this id was
    attached to a source from its start: for files it is the pass.
    """

    id: CameraId
    source: str = Field(min_length=1, repr=False)
    sealed_source: str = Field(default="", repr=False)
    login: LoginPlace | None = None
    kind: SourceKind
    on_overload: OnOverload
    fps: Annotated[float, Field(gt=0, le=240)] | None = None
    transport: Transport = "tcp"  # of RTSP
    motion: Motion | None = None
    zones: Zones = ()
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

    def opens_as(self, other: "Camera") -> bool:
        """Whether going over to the other one needs no new connection: only its rate, gate or zones differ.

        A file's rate decides how its frames are numbered, so a change of it does need a new pass.
        """
        free = {"motion": None, "zones": ()} | ({} if self.is_lossless else {"fps": None})
        return self.model_copy(update=free) == other.model_copy(update=free)


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
    state_since: AwareDatetime | None = None
    position: str = ""  # the watched folder and, behind a blank, the picture behind which it goes on
