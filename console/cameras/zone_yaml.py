"""Zones in YAML, as files of cameras and the zone editor have them."""

from typing import Any, Literal

from console.cameras import zone_texts
from console.cameras.yaml_texts import OneLine, number, refuse_unknown
from console.errors import BadInput
from shared.zones import MAX_ZONES, Point, Zone, Zones

_FIELDS = ("name", "include", "exclude")


def value_of(zones: Zones) -> list[dict[str, Any]]:
    """Zones as plain values."""
    return [_zone_value(zone) for zone in zones]


def zones_of(value: object) -> Zones:
    """The zones that a value stands for; nothing at all stands for none.

    Raises:
        BadInput: names the zone, by its number from 1, and what is wrong with it.
    """
    if value is None:
        return ()
    if not isinstance(value, list):
        raise BadInput("zones: give a list, each with include or exclude: [[x, y], ...]")
    if len(value) > MAX_ZONES:
        raise BadInput(f"zones: there are {len(value)}, at most {MAX_ZONES} are allowed")
    return tuple(_numbered(place, each) for place, each in enumerate(value, 1))


def _zone_value(zone: Zone) -> dict[str, Any]:
    named = {"name": zone.name} if zone.name else {}
    return {**named, zone.kind: OneLine([number(corner.x), number(corner.y)] for corner in zone.corners)}


def _numbered(place: int, value: object) -> Zone:
    try:
        return _zone(value)
    except BadInput as error:
        raise BadInput(f"zone {place}: {error}") from error


def _zone(value: object) -> Zone:
    if isinstance(value, list):
        return zone_texts.made(None, "include", _corners(value))
    if not isinstance(value, dict):
        raise BadInput("give include: or exclude: with its corners, [[x, y], ...]")
    refuse_unknown(value, _FIELDS)
    kinds: list[Literal["include", "exclude"]] = [kind for kind in ("include", "exclude") if kind in value]
    if len(kinds) != 1:
        raise BadInput("give either include: or exclude: with its corners, [[x, y], ...]")
    name = value.get("name")
    if name is not None and not isinstance(name, str):
        name = str(name)
    return zone_texts.made(name, kinds[0], _corners(value[kinds[0]]))


def _corners(value: object) -> tuple[Point, ...]:
    if isinstance(value, str):
        return zone_texts.corners(value)
    if not isinstance(value, list):
        raise BadInput("its corners are a list: [[0.1, 0.2], [0.5, 0.2], [0.5, 0.9]]")
    return tuple(_corner(each) for each in value)


def _corner(value: object) -> Point:
    if not isinstance(value, list) or len(value) != 2:
        raise BadInput("a corner is [x, y], such as [0.1, 0.2]")
    x, y = map(_share, value)
    return Point(x, y)


def _share(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return zone_texts.within(value, str(value))
    return zone_texts.share(str(value))
