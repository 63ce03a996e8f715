"""What travels between processes: frame headers, frame results, violations and their pictures, heartbeats.

Every message is frozen and parsed once, at the border. A reader ignores fields that it does not
know, so that a newer writer may add some; a change of meaning raises ``SCHEMA_VERSION``, which an
older reader refuses.
"""

import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, computed_field

SCHEMA_VERSION: Literal[1] = 1
MAX_SIDE_PX = 16_384
MAX_PLACE_PX = 1_000_000  # farther off than this no detector finds a face in any picture
MAX_REGIONS = 32
MAX_CLOCK_STEP_S = 1e10  # three centuries
MAX_HALVINGS = 2

CAMERA_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
CameraId = Annotated[str, StringConstraints(pattern=f"^{CAMERA_ID.pattern}$")]
Confidence = Annotated[float, Field(ge=0, le=1)]
# What no clock says, be it ever so wrong, cannot be told in every zone.
Instant = Annotated[AwareDatetime, Field(ge=datetime(1970, 1, 1, tzinfo=UTC), lt=datetime(2400, 1, 1, tzinfo=UTC))]
# Counted in scripts of the servers and read by pages: whole numbers as both hold them exactly.
Ordinal = Annotated[int, Field(ge=0, lt=2**53)]
ClockStep = Annotated[float, Field(ge=-MAX_CLOCK_STEP_S, le=MAX_CLOCK_STEP_S)]
OnOverload = Literal["drop_oldest", "wait"]


class Label(StrEnum):
    """How a face wears a mask."""

    WITH_MASK = "with_mask"
    WITHOUT_MASK = "without_mask"
    INCORRECT_MASK = "incorrect_mask"


class PersonOutcome(StrEnum):
    """What a person's track came to."""

    WITH_MASK = "with_mask"
    WITHOUT_MASK = "without_mask"
    INCORRECT_MASK = "incorrect_mask"
    CANNOT_TELL = "cannot_tell"


class Unjudged(StrEnum):
    """Why nobody can tell of a person: what was wrong with most of what was seen of the face."""

    TOO_SMALL = "too_small"
    BLURRED = "blurred"
    DARK = "dark"  # or blinded by light
    TURNED_AWAY = "turned_away"
    COVERED = "covered"  # by another face, or cut off by the picture's edge
    UNDECIDED = "undecided"  # seen well, and the labels contradict each other or are unsure


class BlindReason(StrEnum):
    """Why a camera's scene was not seen for a while."""

    NO_PICTURE = "no_picture"  # the camera gave none
    NOT_JUDGED = "not_judged"  # frames were captured, and dropped, lost or dead-lettered


class DropReason(StrEnum):
    """Why a captured frame was not judged."""

    OVERLOAD = "overload"  # a live camera's bounded stream pushed it out unread
    STALE = "stale"  # older than the age limit when a worker got to it
    UNCHANGED = "unchanged"  # the motion gate held it back
    TRIMMED = "trimmed"  # a worker had it, did not end it in time, and it had to make room
    CORRUPT = "corrupt"  # the source gave a picture that is cut or smeared
    LOST = "lost"  # a gap in sequence numbers that nothing else explains
    THROTTLED = "throttled"  # due at the camera's own rate, and held back because the system was overloaded


HELD_BACK = frozenset({DropReason.UNCHANGED, DropReason.THROTTLED})  # by the producer: no worker had them


class DeadLetterReason(StrEnum):
    """Why an entry can never succeed."""

    HEADER = "header"  # no header, or one that does not parse
    JPEG = "jpeg"  # undecodable, or not the size that its header states
    JUDGING = "judging"  # the detector or the classifier fails on it
    DELIVERIES = "deliveries"  # handed out too often: it takes its worker down


class FrameOutcome(StrEnum):
    """How a frame ended."""

    PROCESSED = "processed"
    DROPPED = "dropped"
    DEAD_LETTERED = "dead_lettered"


class Message(BaseModel):
    """A frozen value that any process may read. Its numbers are numbers: neither endless nor none."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class Box(NamedTuple):
    """A rectangle in pixels of the source picture: left, top, right, bottom; right and bottom excluded."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """Pixels from left to right."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Pixels from top to bottom."""
        return self.y1 - self.y0

    @property
    def centre(self) -> tuple[float, float]:
        """The middle of the rectangle, in pixels."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2


def _checked(box: Box) -> Box:
    """Refuse what is no rectangle, not a number, or farther off than any picture reaches."""
    is_sound = -MAX_SIDE_PX <= box.x0 < box.x1 <= MAX_SIDE_PX and -MAX_SIDE_PX <= box.y0 < box.y1 <= MAX_SIDE_PX
    if not is_sound:
        raise ValueError(f"a region is a rectangle within {MAX_SIDE_PX} px")
    return box


def _placed(box: Box) -> Box:
    """Refuse what has no width, no height, or lies where no face is found."""
    if not (-MAX_PLACE_PX <= box.x0 < box.x1 <= MAX_PLACE_PX and -MAX_PLACE_PX <= box.y0 < box.y1 <= MAX_PLACE_PX):
        raise ValueError(f"a face's box is a rectangle within {MAX_PLACE_PX} px")
    return box


Region = Annotated[Box, AfterValidator(_checked)]
FaceBox = Annotated[Box, AfterValidator(_placed)]


class FrameHeader(Message):
    """What describes one captured picture; stands beside the JPEG in a frames entry.

    ``sequence`` has no gaps within one camera and epoch. For a lossless source (``on_overload``
    is ``wait``) it is the frame's number in the file, and the epoch is the pass over that file.

    ``regions`` are where something moved since the camera's last frame, for the worker to scan alone;
    they may reach beyond the picture. ``None`` stands for a keyframe, or a producer that does not
    look: all of it is scanned. Without any region nothing moved, and nothing is scanned.

    ``halvings`` is how often the picture's sides are to be halved before anything is looked for in it: under
    overload resolution gives way last. ``regions``, ``width`` and ``height`` are those of the full picture.

    ``clock_step_s`` is by how much the clock behind ``captured_at`` was put forward (or back) since the
    frame before: time that has not passed.
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    camera: CameraId
    epoch: Ordinal
    sequence: Ordinal
    captured_at: Instant
    width: int = Field(gt=0, le=MAX_SIDE_PX)
    height: int = Field(gt=0, le=MAX_SIDE_PX)
    on_overload: OnOverload = "drop_oldest"
    regions: tuple[Region, ...] | None = Field(default=None, max_length=MAX_REGIONS)
    halvings: int = Field(default=0, ge=0, le=MAX_HALVINGS)
    clock_step_s: ClockStep = 0.0


class Detection(Message):
    """One face in one frame.

    ``confidence`` is the classifier's, in its label, calibrated, 0.5 to 1 with two labels;
    ``face_confidence`` is the detector's, that this is a face. ``appearance`` sums up the colours
    below the face (clothing), as bytes 0..255: it helps to tell tracks apart, not people.
    ``sharpness``, ``brightness`` (mean luma of the face, 0..255) and ``turned`` (0 a face from the
    front, 1 a profile) say how well it can be judged; ``None`` stands for not measured.
    """

    box: FaceBox
    label: Label
    confidence: Confidence
    face_confidence: Confidence = 1.0
    sharpness: Annotated[float, Field(ge=0)] | None = None
    brightness: Annotated[float, Field(ge=0, le=255)] | None = None
    turned: Annotated[float, Field(ge=0, le=1)] | None = None
    appearance: tuple[int, ...] = ()


class FrameResult(Message):
    """How one frame ended and what was found in it; one for every frame that reached a worker.

    ``scanned`` are the parts of the picture that were looked at, ``None`` is all of it: a face elsewhere
    was not looked for, which is no sign that it is gone.
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    camera: CameraId
    epoch: Ordinal
    sequence: Ordinal
    captured_at: Instant
    on_overload: OnOverload
    width: int = Field(gt=0, le=MAX_SIDE_PX)
    height: int = Field(gt=0, le=MAX_SIDE_PX)
    outcome: FrameOutcome
    reason: DropReason | DeadLetterReason | None = None
    detections: tuple[Detection, ...] = ()
    scanned: tuple[Box, ...] | None = None
    clock_step_s: ClockStep = 0.0
    frame_entry_id: str = ""
    worker: str = ""
    detector: str = ""
    model_version: int = Field(default=0, ge=0)
    stage_seconds: dict[str, float] = Field(default_factory=dict)


class ViolationState(StrEnum):
    """Where a violation is in its life."""

    OPENED = "opened"
    UPDATED = "updated"
    ENDED = "ended"


class Violation(Message):
    """One spell of one person without a mask, once: from the first bare sight to the last.

    The id is the same on every replay: camera, epoch, sequence number of the track's first frame, place among
    the tracks that began there; behind a dot the number of the spell where it is not the first. ``box`` is the
    face in pixels where it was last seen; ``zone`` the name of the including zone that held it when the
    violation opened. ``label`` is ``without_mask`` or ``incorrect_mask``.
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    id: str
    camera: CameraId
    zone: str | None = None
    label: Label = Label.WITHOUT_MASK
    state: ViolationState
    first_seen: Instant
    opened_at: Instant
    last_seen: Instant
    confidence: Confidence
    observations: int = Field(gt=0)
    box: Box
    model_version: int = Field(ge=0)
    detector: str

    @computed_field  # type: ignore[prop-decorator]
    @property
    def duration_s(self) -> float:
        """Seconds from the first bare sight to the last."""
        return round(max(0.0, (self.last_seen - self.first_seen).total_seconds()), 3)


class Dismissal(Message):
    """That a person looked at a violation and found that it is none."""

    violation: str
    at: Instant
    reason: Annotated[str, StringConstraints(max_length=200)] = ""


class SnapshotRequest(Message):
    """Which picture of a violation is to be kept: a face in a frame, as long as the frame is there.

    ``box`` is the violator's face, ``others`` all other faces in the frame, in pixels of the frame.
    """

    violation: str
    camera: CameraId
    opened_at: Instant
    captured_at: Instant
    frame_entry_id: str
    width: int = Field(gt=0, le=MAX_SIDE_PX)
    height: int = Field(gt=0, le=MAX_SIDE_PX)
    box: FaceBox
    others: tuple[FaceBox, ...] = ()


class ProcessLoad(Message):
    """What a process did over the last minute, or since its start: the same ``seconds`` for all figures.

    ``machine_idle`` is the share of ``cores`` that nobody used; ``None`` where the machine does not tell. Frames are
    those that a producer captured, that a worker judged, or that an events worker was told to have been judged or
    dropped, but for those in which nothing moved.
    """

    seconds: float = Field(ge=0)
    cores: int = Field(gt=0)  # that it may use, with whatever else runs on them
    cpu_cores: float = Field(ge=0)  # processor seconds a second, of all its threads
    machine_idle: float | None = Field(default=None, ge=0, le=1)
    redis_cores: float | None = Field(default=None, ge=0)  # of the servers on its machine, by who measures them
    frames_per_second: float = Field(default=0.0, ge=0)
    busy_share: float | None = Field(default=None, ge=0, le=1)  # of a worker: time not spent waiting for frames
    threads: int | None = Field(default=None, gt=0)  # of a worker: those that judge pictures


class ProcessInfo(Message):
    """A running process's heartbeat, kept on the state server."""

    id: str
    name: str = ""  # what whoever started it calls it, the same after a restart
    role: Literal["producer", "worker", "events", "trainer", "console"]
    pid: int
    host: str
    started_at: Instant
    heartbeat_at: Instant  # by the state server's clock
    metrics_url: str = ""
    frames_per_second: float = 0.0
    frames_total: int = 0
    model_version: int = 0
    detector: str = ""
    load: ProcessLoad | None = None
    load_level: int = Field(default=0, ge=0, le=3)  # of a producer: what gives way to overload, see its ``LoadLevel``
