"""Which parts of a camera's picture count: polygons in shares of its width and height."""

from collections.abc import Sequence
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, Field, StringConstraints

from shared.messages import Message

MAX_ZONES = 32
MAX_CORNERS = 64


class Point(NamedTuple):
    """A place in the picture: 0, 0 is its upper left corner and 1, 1 its lower right one."""

    x: float
    y: float


def _checked(point: Point) -> Point:
    if not (0 <= point.x <= 1 and 0 <= point.y <= 1):
        raise ValueError("a zone's corners are shares of the picture, from 0 to 1")
    return point


Corner = Annotated[Point, AfterValidator(_checked)]
ZoneName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 _-]{0,62}$")]


def _is_area(corners: tuple[Corner, ...]) -> tuple[Corner, ...]:
    if abs(_doubled_area(corners)) < 1e-6:
        raise ValueError("a zone's corners lie on one line: they enclose nothing")
    return corners


def _doubled_area(corners: Sequence[Point]) -> float:
    following = [*corners[1:], corners[0]]
    return sum(a.x * b.y - b.x * a.y for a, b in zip(corners, following, strict=True))


class Zone(Message):
    """A polygon whose faces count (``include``) or do not (``exclude``); the last corner joins the first."""

    name: ZoneName | None = None
    kind: Literal["include", "exclude"] = "include"
    corners: Annotated[tuple[Corner, ...], Field(min_length=3, max_length=MAX_CORNERS), AfterValidator(_is_area)]

    def holds(self, x: float, y: float) -> bool:
        """Whether a place lies within the polygon; edges that cross count by the even-odd rule."""
        following = [*self.corners[1:], self.corners[0]]
        crossings = 0
        for a, b in zip(self.corners, following, strict=True):
            if (a.y > y) != (b.y > y) and x < a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x):
                crossings += 1
        return crossings % 2 == 1


Zones = Annotated[tuple[Zone, ...], Field(max_length=MAX_ZONES)]


def zone_at(zones: Sequence[Zone], x: float, y: float) -> Zone | None:
    """The first including zone that holds a place, in shares of the picture."""
    return next((zone for zone in zones if zone.kind == "include" and zone.holds(x, y)), None)


def counts_at(zones: Sequence[Zone], x: float, y: float) -> bool:
    """Whether a face whose centre is at this place, in shares of the picture, counts.

    It does within any including zone, or everywhere where there is none, unless an excluding zone holds it.
    """
    including = [zone for zone in zones if zone.kind == "include"]
    if including and not any(zone.holds(x, y) for zone in including):
        return False
    return not any(zone.holds(x, y) for zone in zones if zone.kind == "exclude")
