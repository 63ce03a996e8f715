"""Where a coarse look saw what may be a small face: the areas that are worth a closer look."""

import cv2
import numpy as np
import numpy.typing as npt

from worker.detectors.detector import Patch
from worker.networks import Floats

CELL_PX = 16
# So many of its sides from the middle of what may be a face; its box was estimated at half the size.
REACH = 0.8
# More than this share of the whole is looked at as one: many small looks cost more.
MOST_SHARE = 0.6


def areas_around(boxes: Floats, least_side: float, whole: Patch) -> list[Patch]:
    """Areas within ``whole`` that hold these boxes (n, 4) and what is around them, each box as one of ``least_side``.

    All are in the same pixels; boxes may lie partly outside.
    """
    if len(boxes) == 0:
        return []
    rows, columns = -(-(whole.y1 - whole.y0) // CELL_PX), -(-(whole.x1 - whole.x0) // CELL_PX)
    cells = np.zeros((rows, columns), np.uint8)
    for x0, y0, x1, y1 in _in_cells(boxes, least_side, whole):
        cells[y0:y1, x0:x1] = 1
    _, _, found, _ = cv2.connectedComponentsWithStats(cells, connectivity=4)
    areas = [_in_pixels(x, y, width, height, whole) for x, y, width, height, _ in found[1:]]
    return areas if sum(each.pixels for each in areas) <= MOST_SHARE * whole.pixels else [whole]


def is_cut(boxes: Floats, area: Patch, whole: Patch, tolerance: float) -> npt.NDArray[np.bool_]:
    """Which boxes (n, 4) go on behind an edge of the area that is none of the whole."""
    low, high = np.array(area[:2]), np.array(area[2:])
    is_inner_low, is_inner_high = low > np.array(whole[:2]), high < np.array(whole[2:])
    return np.asarray(
        (is_inner_low & (boxes[:, :2] < low + tolerance)).any(axis=1)
        | (is_inner_high & (boxes[:, 2:] > high - tolerance)).any(axis=1)
    )


def _in_cells(boxes: Floats, least_side: float, whole: Patch) -> list[list[int]]:
    """Left, top, right and bottom cells around each box, as far as there are any."""
    sides = np.maximum((boxes[:, 2:] - boxes[:, :2]).max(axis=1), least_side)
    reach = REACH * sides[:, None]
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2 - np.array(whole[:2], np.float32)
    low = np.floor(np.maximum(centres - reach, 0) / CELL_PX)
    high = np.ceil(np.maximum(centres + reach, 0) / CELL_PX)
    cells: list[list[int]] = np.concatenate([low, high], axis=1).astype(int).tolist()
    return cells


def _in_pixels(x: int, y: int, width: int, height: int, whole: Patch) -> Patch:
    x0, y0 = whole.x0 + int(x) * CELL_PX, whole.y0 + int(y) * CELL_PX
    return Patch(x0, y0, min(x0 + int(width) * CELL_PX, whole.x1), min(y0 + int(height) * CELL_PX, whole.y1))
