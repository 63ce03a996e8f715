"""From cells that moved to the rectangles that a worker scans."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import cv2
import numpy as np

from producer.motion.arrays import Cells, Floats
from shared.messages import MAX_REGIONS, Box

_ROOM_CELLS = 1  # on each side; workers add more, by the size of the smallest face
_HELD_S = 1.0  # a place goes on being scanned for so long after motion ended there


class CellBox(NamedTuple):
    """A rectangle of a grid of cells: left, top, right, bottom; right and bottom excluded."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def area(self) -> int:
        """How many cells it holds."""
        return (self.x1 - self.x0) * (self.y1 - self.y0)

    def meets(self, other: "CellBox") -> bool:
        """Whether both have a cell in common."""
        return self.x0 < other.x1 and other.x0 < self.x1 and self.y0 < other.y1 and other.y0 < self.y1

    def scaled(self, cells: tuple[int, int], width: int, height: int) -> Box:
        """The same place of a picture of ``width`` x ``height`` pixels, over which lie ``cells``, rows and columns."""
        rows, columns = cells
        return Box(
            self.x0 * width / columns, self.y0 * height / rows, self.x1 * width / columns, self.y1 * height / rows
        )  # fmt: skip


def strong_groups(strength: Floats, least: float) -> Cells:
    """The cells above their bar (``strength`` of 1 or more) in groups that add up to at least ``least``."""
    moved = strength >= 1
    if not moved.any():
        return moved
    if not moved.any():
        return moved
    _, labels = cv2.connectedComponents(moved.view(np.uint8), connectivity=8)
    places = np.flatnonzero(moved)  # few of them: what did not move is not touched again
    groups = labels.ravel()[places]
    sums = np.bincount(groups, weights=strength.ravel()[places])
    moved.ravel()[places] = sums[groups] >= least
    return moved


def boxes_around(cells: Cells) -> list[CellBox]:
    """At most ``MAX_REGIONS`` boxes that hold all these cells and some room around them."""
    room = _ROOM_CELLS
    while True:
        window = np.ones((2 * room + 1, 2 * room + 1), np.uint8)
        grown = cv2.dilate(cells.view(np.uint8), window)
        count, _, stats, _ = cv2.connectedComponentsWithStats(grown, connectivity=8)
        if count - 1 <= MAX_REGIONS:
            return [CellBox(x, y, x + width, y + height) for x, y, width, height, _ in stats[1:].tolist()]
        room *= 2


class HeldBoxes:
    """Where motion ended a moment ago: a face that has just stopped may be sharp only now."""

    def __init__(self) -> None:
        """Nothing has moved yet."""
        self._moved: list[tuple[CellBox, float]] = []

    def update(self, boxes: Sequence[CellBox], now: float) -> list[CellBox]:
        """These boxes moved; they and those that are still held, at most ``MAX_REGIONS``, the newest first.

        Who walks on leaves nothing behind: a box is held only until something moves in it again.
        """
        kept = [
            (box, at) for box, at in self._moved if now - at <= _HELD_S and not any(box.meets(new) for new in boxes)
        ]
        self._moved = [*((box, now) for box in boxes), *kept][:MAX_REGIONS]
        return [box for box, _ in self._moved]


def area_of(boxes: Iterable[CellBox]) -> int:
    """How many cells boxes hold, those in two of them twice."""
    return sum(box.area for box in boxes)
