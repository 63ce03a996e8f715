"""Parts of pictures side by side on few canvases, so that a network is run seldom and at few sizes."""

from collections.abc import Sequence
from typing import NamedTuple

Size = tuple[int, int]  # width, height in pixels

# A network is made ready for each size of canvas, which costs memory: so there are few. The last is for what fits
# no other, and what does not fit that one either gets a canvas of its own.
CANVASES: tuple[Size, ...] = ((320, 192), (640, 384), (640, 512), (1280, 768))
OWN_MULTIPLE_PX = 128
RUN_COST_PX = 40_000  # what a run of the network costs beyond its pixels
# Between two parts, so that neither is looked at as the surroundings of the other.
GAP_PX = 16
ALIGNED_PX = 8  # the finest step of the network: a part begins at one


class Place(NamedTuple):
    """Where a part lies: on which canvas, and its left and top there."""

    canvas: int
    x: int
    y: int


class Mosaic(NamedTuple):
    """The canvases that are needed, and for each part its place."""

    canvases: list[Size]
    places: list[Place]


def packed(sizes: Sequence[Size]) -> Mosaic:
    """Canvases for parts of these sizes, at little cost; each part lies on one of them, apart from the others."""
    canvases: list[Size] = []
    places: dict[int, Place] = {}
    # The highest first: rows of parts that are about as high as each other leave little unused.
    left = sorted(range(len(sizes)), key=lambda part: (-sizes[part][1], -sizes[part][0]))
    while left:
        fits = [(size, _filled(size, left, sizes)) for size in _canvases(sizes[left[0]])]
        size, found = min(fits, key=lambda fit: _cost_a_pixel(fit[0], [sizes[part] for part in fit[1]]))
        places |= {part: Place(len(canvases), x, y) for part, (x, y) in found.items()}
        canvases.append(size)
        left = [part for part in left if part not in found]
    return Mosaic(canvases, [places[part] for part in range(len(sizes))])


def _canvases(first: Size) -> list[Size]:
    """Those that hold a part of this size."""
    width, height = first
    held = [size for size in CANVASES if width <= size[0] and height <= size[1]]
    if held:
        return held[:-1] or held
    return [(-(-width // OWN_MULTIPLE_PX) * OWN_MULTIPLE_PX, -(-height // OWN_MULTIPLE_PX) * OWN_MULTIPLE_PX)]


def _filled(canvas: Size, parts: Sequence[int], sizes: Sequence[Size]) -> dict[int, tuple[int, int]]:
    """As many of the parts, the highest first, as fit in rows: left and top of each."""
    found: dict[int, tuple[int, int]] = {}
    rows: list[tuple[int, int]] = []  # top of each, and where its next part begins
    bottom = 0
    for part in parts:
        width, height = sizes[part]
        row = next((number for number, (_, x) in enumerate(rows) if x + width <= canvas[0]), None)
        if row is None:
            if width > canvas[0] or bottom + height > canvas[1]:
                continue
            row = len(rows)
            rows.append((bottom, 0))
            bottom += _behind(height)
        top, x = rows[row]
        found[part] = (x, top)
        rows[row] = (top, x + _behind(width))
    return found


def _behind(length: int) -> int:
    """Where the next part begins behind one of this length."""
    return -(-(length + GAP_PX) // ALIGNED_PX) * ALIGNED_PX


def _cost_a_pixel(canvas: Size, held: Sequence[Size]) -> float:
    return (canvas[0] * canvas[1] + RUN_COST_PX) / sum(width * height for width, height in held)
