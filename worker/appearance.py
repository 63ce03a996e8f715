"""What helps to follow a face and to judge it: how well it shows, and the colours of clothing."""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from shared.messages import Box
from worker.cropping import crop_square, resized
from worker.detectors.detector import Picture
from worker.turning import turned

SIDE_PX = 64
GRID = 2  # cells a side
LOOKED_AT_PX = 32  # of a region, along a side


@dataclass(frozen=True)
class Sight:
    """How a face shows: ``sharpness`` from 0 up, ``brightness`` 0 to 255, ``turned`` 0 to 1 (see ``Detection``)."""

    sharpness: float
    brightness: float
    turned: float


def sight(picture: Picture, box: Box) -> Sight:
    """Measure a face at a fixed size: else large ones always look soft."""
    # Grey before it is shrunk, which is most of the work: one channel instead of three.
    face = cv2.cvtColor(crop_square(picture, box, margin=0), cv2.COLOR_BGR2GRAY)
    grey = resized(np.asarray(face, np.uint8), SIDE_PX, SIDE_PX)
    return Sight(
        sharpness=float(cv2.Laplacian(grey, cv2.CV_64F).var()),  # of a flat surface 0
        brightness=float(grey.mean()),
        turned=turned(grey),
    )


def appearance(picture: Picture, box: Box) -> tuple[int, ...]:
    """The mean colours of clothing, as 12 bytes: 2 x 2 cells of L, a, b each.

    The region is 1.5 faces wide and high and begins 0.4 faces below the chin; nothing is said, by
    an empty tuple, when less than half of it lies within the picture. In CIELAB, light moves
    mostly L; half of its contrast is kept, since black and white clothes differ in nothing else.
    """
    region = _below(box)
    inside = _within(region, picture)
    if inside is None:
        return ()
    x0, y0, x1, y1 = inside
    # Of large regions every few pixels: averages of thousands and of hundreds are the same colour.
    step = max(1, min(x1 - x0, y1 - y0) // LOOKED_AT_PX)
    cells = cv2.resize(picture[y0:y1:step, x0:x1:step], (GRID * 8, GRID * 8), interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(cells, cv2.COLOR_BGR2LAB).astype(np.float64)
    lab[..., 0] = 64 + lab[..., 0] / 2
    means = lab.reshape(GRID, 8, GRID, 8, 3).mean(axis=(1, 3))
    return tuple(int(value) for value in means.round().ravel())


def _below(box: Box) -> Box:
    x, _ = box.centre
    top = box.y1 + 0.4 * box.height
    return Box(x - 0.75 * box.width, top, x + 0.75 * box.width, top + 1.5 * box.height)


def _within(region: Box, picture: Picture) -> tuple[int, int, int, int] | None:
    height, width = picture.shape[:2]
    x0, y0 = max(math.floor(region.x0), 0), max(math.floor(region.y0), 0)
    x1, y1 = min(math.ceil(region.x1), width), min(math.ceil(region.y1), height)
    area = max(x1 - x0, 0) * max(y1 - y0, 0)
    return (x0, y0, x1, y1) if area >= max(0.5 * region.width * region.height, 1) else None
