"""People who walk through a scene, by seed: where each face is at any instant, and what stands before it.

Places are pixels of a picture of 1280 x 720, instants are seconds. Nothing is drawn here: composite clips draw
these scenes, the synthetic crowd makes detections of them.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from shared.messages import Box

WIDTH, HEIGHT = 1280, 720
_SEEN_S = 1.5  # each person can be seen well for this long at least, else nobody could count it
_SEEN_WELL = 0.75
_TRIES = 1000
_GRID = 5  # samples a side, of a face that may be covered
_TALLER = 1.25  # a face's height by its width
_SHOULDERS = 0.95  # from a body's middle to its side, in face widths
_NECK = 0.8  # from a face's middle to its body's top, in face heights
_TURNS, _BEGINS_INSIDE = 0.1, 0.15  # shares of people


@dataclass(frozen=True)
class Crowd:
    """What a scene is like; the seed does the rest."""

    people: int
    duration_s: float
    faces_px: tuple[float, float] = (28.0, 80.0)
    speeds: tuple[float, float] = (50.0, 180.0)  # pixels a second
    bare: float = 0.35
    is_uniformed: bool = False


@dataclass(frozen=True)
class Walker:
    """One person: larger ones are nearer and cover the others.

    ``way`` are instants and places between which it walks evenly; before and after them it is not there.
    """

    number: int
    is_bare: bool
    face_px: float
    y: float
    way: tuple[tuple[float, float], ...]
    sway_px: float
    clothes: tuple[int, int, int]  # red, green, blue

    def face_at(self, at_s: float) -> Box | None:
        """Its face, which may reach beyond the picture; ``None`` while it is not there."""
        x = self._x_at(at_s)
        if x is None:
            return None
        y = self.y + self.sway_px * math.sin(x / 40)  # it sways by its steps, not by the clock
        width, height = self.face_px, _TALLER * self.face_px
        return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)

    def _x_at(self, at_s: float) -> float | None:
        for (from_s, from_x), (to_s, to_x) in pairwise(self.way):
            if from_s <= at_s < to_s:
                return from_x + (to_x - from_x) * (at_s - from_s) / (to_s - from_s)
        return None


def body_of(face: Box) -> Box:
    """The body below a face, down to the picture's lower edge."""
    x, y = face.centre
    return Box(x - _SHOULDERS * face.width, y + _NECK * face.height, x + _SHOULDERS * face.width, HEIGHT)


@dataclass(frozen=True)
class Sight:
    """A face that is in the picture, at least in part; ``visible`` is how much of it is seen, 0..1."""

    walker: Walker
    face: Box
    visible: float


@dataclass(frozen=True)
class Scene:
    """A crowd, the farthest first."""

    walkers: tuple[Walker, ...]
    duration_s: float

    @property
    def people(self) -> int:
        """How many there are."""
        return len(self.walkers)

    @property
    def violations(self) -> int:
        """How many of them wear no mask."""
        return sum(each.is_bare for each in self.walkers)

    def sights_at(self, at_s: float) -> list[Sight]:
        """Everybody who is there, the farthest first."""
        there = [(each, face) for each in self.walkers if (face := each.face_at(at_s)) is not None]
        return [
            Sight(walker, face, _visible(face, [other for _, other in there[place + 1 :]]))
            for place, (walker, face) in enumerate(there)
        ]


def covers(face: Box, x: float, y: float) -> bool:
    """Whether a person with this face hides what is behind it at a place."""
    head_x, head_y = face.centre
    is_head = ((x - head_x) / (0.75 * face.width)) ** 2 + ((y - head_y) / (0.75 * face.height)) ** 2 <= 1
    body = body_of(face)
    return is_head or (body.x0 <= x <= body.x1 and y >= body.y0)


def _visible(face: Box, nearer: Sequence[Box]) -> float:
    near = [each for each in nearer if abs(each.centre[0] - face.centre[0]) < each.width + face.width]
    if not near and face.x0 >= 0 and face.x1 <= WIDTH:
        return 1.0
    steps = [(step + 0.5) / _GRID for step in range(_GRID)]
    places = [(face.x0 + share * face.width, face.y0 + down * face.height) for share in steps for down in steps]
    seen = sum(0 <= x < WIDTH and not any(covers(each, x, y) for each in near) for x, y in places)
    return seen / len(places)


def scene_of(crowd: Crowd, seed: int) -> Scene:
    """The scene of a seed; everybody in it can be seen well for a while.

    Raises:
        ValueError: no such scene was found: too many people for so short a time.
    """
    random = np.random.default_rng(seed)
    for _ in range(_TRIES):
        walkers = [_walker(number, crowd, random) for number in range(crowd.people)]
        if crowd.is_uniformed:
            walkers = [replace(each, clothes=walkers[0].clothes) for each in walkers]
        scene = Scene(tuple(sorted(walkers, key=lambda each: each.face_px)), crowd.duration_s)
        if all(seen_s >= _SEEN_S for seen_s in _seen_well(scene).values()):
            return scene
    raise ValueError(f"no scene in which each of {crowd.people} people can be seen for {_SEEN_S} s")


def _seen_well(scene: Scene, step_s: float = 0.25) -> dict[int, float]:
    seen = dict.fromkeys((each.number for each in scene.walkers), 0.0)
    for step in range(int(scene.duration_s / step_s)):
        for sight in scene.sights_at(step * step_s):
            seen[sight.walker.number] += step_s * (sight.visible >= _SEEN_WELL)
    return seen


def _walker(number: int, crowd: Crowd, random: np.random.Generator) -> Walker:
    face_px = float(random.uniform(*crowd.faces_px))
    return Walker(
        number=number,
        is_bare=bool(random.random() < crowd.bare),
        face_px=face_px,
        y=float(np.clip(150 + 2.5 * face_px + random.normal(0, 60), 60, 480)),
        way=tuple(_way(face_px, crowd, random)),
        sway_px=float(random.uniform(0, 0.08)) * face_px,
        clothes=tuple(int(each) for each in random.integers(20, 220, 3)),  # type: ignore[arg-type]
    )


def _way(face_px: float, crowd: Crowd, random: np.random.Generator) -> Iterator[tuple[float, float]]:
    """From one edge of the picture to the other with pauses, sometimes back instead."""
    outside = 1.2 * face_px
    begin, end = (-outside, WIDTH + outside) if random.random() < 0.5 else (WIDTH + outside, -outside)
    now, x = float(random.uniform(-2, crowd.duration_s - 4)), begin
    if random.random() < _BEGINS_INSIDE:
        now, x = 0.0, float(random.uniform(100, WIDTH - 100))
    stops = [float(each) for each in random.uniform(100, WIDTH - 100, int(random.integers(0, 3)))]
    last = begin if stops and random.random() < _TURNS else end
    speed = float(random.uniform(*crowd.speeds))
    yield now, x
    for stop in [*sorted(stops, reverse=end < begin), last]:
        now, x = now + max(0.05, abs(stop - x) / (speed * float(random.uniform(0.8, 1.2)))), stop
        yield now, x
        if stop != last:
            now += float(random.uniform(0.5, 5))
            yield now, x
