"""Cameras with overlapping views as the operator declares them, and what is known of who is in their view.

An area's count is of area violations: what its cameras saw of one spell, each camera at most once. All keys of
areas share one hash tag, so that an area moves on in one transaction.
"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from shared.messages import SCHEMA_VERSION, CameraId, Message

MAX_AREAS = 64
MAX_CAMERAS = 32  # of one area
MAX_WINDOW_S = 300.0
DEFAULT_WINDOW_S = 5.0

AreaName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
WindowS = Annotated[float, Field(ge=0, le=MAX_WINDOW_S, allow_inf_nan=False)]


class AreaCountField:
    """Fields of an area's counts and history besides ``CountField.VIOLATIONS``; nothing else is in its history."""

    SPELLS = "spells"  # spells:<camera>: violations of the camera that the area has taken in
    UNREADABLE = "unreadable"  # entries of violation logs that this release does not understand
    GAPS = "gaps"  # times that a violation log was cut off before the area had read it
    FORGOTTEN = "forgotten"  # area violations that were let go early, since there were too many


class Area(Message):
    """Cameras that see the same people.

    ``cameras`` says of each since when it belongs to the area, in Unix milliseconds of the state server's clock:
    nothing older is counted. ``window_s`` is by how many seconds two cameras' spells may miss each other and
    still be of one person.
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    name: AreaName
    cameras: Annotated[dict[CameraId, Annotated[int, Field(ge=0)]], Field(min_length=2, max_length=MAX_CAMERAS)]
    window_s: WindowS = DEFAULT_WINDOW_S


class AreaMember(Message):
    """One camera's violation and the area violation that it belongs to, by number, as long as that may change.

    ``first_s``, ``last_s`` and ``opened_s`` are Unix seconds of the producer's clock; while ``is_open`` nobody
    knows how far behind ``last_s`` it reaches. ``heard_ms`` is when it was last heard of, Unix milliseconds of the
    state server's clock.
    """

    camera: CameraId
    number: int = Field(ge=1)
    first_s: float
    last_s: float
    opened_s: float
    heard_ms: int
    is_open: bool
