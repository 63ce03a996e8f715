"""Zones as they stand on a command line: ``door=0.1,0.2 0.5,0.2 0.5,0.9``."""

import re
from collections.abc import Sequence
from typing import Literal

from pydantic import ValidationError

from console.errors import BadInput
from shared.zones import MAX_CORNERS, Point, Zone, Zones

EXAMPLE = '"door=0.1,0.2 0.5,0.2 0.5,0.9"'
NAME_RULE = "letters, digits, blanks, - and _, at most 63, beginning with a letter or digit"

_NUMBER = re.compile(r"(?P<number>-?(\d*\.?\d+|\d+\.))(?P<percent>%?)")


def parse(text: str, kind: Literal["include", "exclude"]) -> Zone:
    """A zone of corners ``x,y`` with blanks, ``;`` or ``/`` between them, and perhaps ``name=`` before.

    A text that begins with ``include:`` or ``exclude:`` says itself what it is.

    Raises:
        BadInput: what is wrong, with an example.
    """
    option = "--zone" if kind == "include" else "--exclude"
    stated, colon, rest = text.partition(":")
    if colon and stated.strip() in {"include", "exclude"}:
        kind, text = ("include" if stated.strip() == "include" else "exclude"), rest
    name, equals, rest = text.rpartition("=")
    try:
        return made(name.strip() if equals else None, kind, corners(rest))
    except BadInput as error:
        raise BadInput(f"{option} {text!r}: {error}; for example {option} {EXAMPLE}") from error


def parse_all(included: Sequence[str] | None, excluded: Sequence[str] | None) -> Zones:
    """The zones of both options, including ones first.

    Raises:
        BadInput: see ``parse``.
    """
    return (*(parse(each, "include") for each in included or ()), *(parse(each, "exclude") for each in excluded or ()))


def corners(text: str) -> tuple[Point, ...]:
    """The corners in a text, which may also be ``x,y,x,y,x,y`` or ``[[x, y], [x, y], [x, y]]``.

    Raises:
        BadInput: one is none.
    """
    listed = re.sub(r"\]\s*,\s*\[", ";", text.strip())
    listed = re.sub(r"\s*,\s*", ",", listed.strip("[] "))
    numbers = listed.split(",")
    if not re.search(r"[\s;/]", listed) and len(numbers) > 2 and len(numbers) % 2 == 0:
        listed = ";".join(map(",".join, zip(numbers[::2], numbers[1::2], strict=True)))
    return tuple(_corner(each) for each in re.split(r"[\s;/]+", listed) if each)


def made(name: str | None, kind: Literal["include", "exclude"], points: Sequence[Point]) -> Zone:
    """A checked zone.

    Raises:
        BadInput: what is wrong.
    """
    if len(points) < 3:
        raise BadInput(f"a zone has at least 3 corners, this has {len(points)}")
    if len(points) > MAX_CORNERS:
        raise BadInput(f"a zone has at most {MAX_CORNERS} corners, this has {len(points)}")
    try:
        return Zone.model_validate({"name": name, "kind": kind, "corners": points})
    except ValidationError as error:
        problem = error.errors()[0]
        if problem["loc"][0] == "name":
            raise BadInput(f"the name {name!r} is not allowed: {NAME_RULE}") from error
        raise BadInput(problem["msg"].removeprefix("Value error, ")) from error


def share(text: str) -> float:
    """A share of the picture, 0 to 1, as a number or in percent.

    Raises:
        BadInput: it is none, or not within the picture.
    """
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise BadInput(f"{text!r} is no number")
    return within(float(found["number"]) / (100 if found["percent"] else 1), text)


def within(value: float, shown: str) -> float:
    """A share of the picture that is one; ``shown`` is how it was given.

    Raises:
        BadInput: it is not within the picture.
    """
    if not 0 <= value <= 1:
        raise BadInput(f"{shown} lies outside the picture: give shares of its width and height, 0 to 1 or 0% to 100%")
    return round(value, 6)


def check_names(zones: Zones) -> None:
    """See that a name stands for one zone only.

    Raises:
        BadInput: it does not.
    """
    names = [zone.name for zone in zones if zone.name]
    for name in names:
        if names.count(name) > 1:
            raise BadInput(f"two zones are called {name!r}: give each a name of its own")


def as_text(zone: Zone) -> str:
    """A zone as ``parse`` takes it."""
    listed = " ".join(f"{corner.x:g},{corner.y:g}" for corner in zone.corners)
    return f"{zone.name}={listed}" if zone.name else listed


def _corner(text: str) -> Point:
    numbers = text.split(",")
    if len(numbers) != 2 or not all(numbers):
        raise BadInput(f"the corner {text!r} is not x,y")
    return Point(share(numbers[0]), share(numbers[1]))
