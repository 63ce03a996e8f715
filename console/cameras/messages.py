"""What programs are told of a camera; never a login."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, ValidationError, model_validator

from console.instants import Instant
from shared.cameras import CameraState, Motion, SourceKind, Transport
from shared.messages import Message
from shared.zones import MAX_CORNERS, Point, Zone, ZoneName

_DIGITS = 6  # of a share: finer than any picture's pixels

Share = Annotated[float, Field(ge=0, le=1)]
Points = Annotated[
    tuple[tuple[Share, Share], ...],
    Field(
        min_length=3,
        max_length=MAX_CORNERS,
        description="Corners [x, y] in shares of the picture: [0, 0] is its upper left one; the last joins the first.",
    ),
]


class ZonePolygon(Message):
    """A part of the picture whose faces count (``include``) or do not (``exclude``)."""

    model_config = ConfigDict(extra="forbid")

    name: ZoneName | None = None
    kind: Literal["include", "exclude"] = "include"
    points: Points

    @model_validator(mode="after")
    def _encloses_something(self) -> "ZonePolygon":
        _ = self.as_zone
        return self

    @classmethod
    def of(cls, zone: Zone) -> "ZonePolygon":
        """A zone as it is told."""
        return cls(name=zone.name, kind=zone.kind, points=tuple((corner.x, corner.y) for corner in zone.corners))

    @property
    def as_zone(self) -> Zone:
        """The zone that it describes.

        Raises:
            ValueError: it encloses nothing.
        """
        corners = tuple(Point(round(x, _DIGITS), round(y, _DIGITS)) for x, y in self.points)
        try:
            return Zone(name=self.name, kind=self.kind, corners=corners)
        except ValidationError as error:
            raise ValueError(error.errors()[0]["msg"].removeprefix("Value error, ")) from error


class CameraSummary(Message):
    """A camera in short."""

    id: str
    state: CameraState
    frames_per_second: float = Field(description="Frames captured a second; 0 unless the camera is live.")
    last_frame_age_seconds: float | None = Field(description="Null for a camera that has not given a frame yet.")
    source: str = Field(description="What is opened, without any login.")
    message: str = Field(description="What a producer last said of it; empty while all is well.")


class CameraDetails(CameraSummary):
    """All that is known of a camera; counts are of its whole life."""

    kind: SourceKind
    login: str | None = Field(description="Where the login is; null where there is none.")
    fps: float | None = Field(description="Wanted frames a second; null is the default of its kind.")
    motion: Motion | None = Field(description="How readily a change sends a frame; null is the default of its kind.")
    transport: Transport = Field(description="How RTSP pictures travel.")
    zones: tuple[ZonePolygon, ...]
    epoch: int = Field(description="How often it was attached to a source from its start.")
    state_since: Instant | None
    producer: str | None = Field(description="The process that reads it; null while none does.")
    connections: int = Field(description="How often it came to be live.")
    stalls: dict[str, int] = Field(description="By reason.")
    faults: dict[str, int] = Field(description="Pictures by what was wrong with them.")
    captured: int = Field(description="Frames: those that ended and those in flight.")
    processed: int = Field(description="Frames that were judged.")
    dropped: dict[str, int] = Field(description="Frames by reason.")
    dead_lettered: dict[str, int] = Field(description="Frames by reason.")
    waiting: int = Field(description="Frames that no worker has been given.")
    people: dict[str, int] = Field(description="By outcome.")
    violations: int


class CameraProbe(Message):
    """What a source gives."""

    ok: Literal[True] = True
    width: int = Field(description="Pixels.")
    height: int = Field(description="Pixels.")
    claimed_fps: float | None = Field(description="Frames a second that it claims; null where it claims none.")
    measured_fps: float | None = Field(
        description="Frames a second that it gave; null for files, and where there were too few to measure."
    )
    codec: str
    still: str | None = Field(description="A picture: from the command line the file, from the API a data: URL.")
