"""Where motion counts: in and near the zones whose faces count."""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from producer.motion.arrays import Cells
from shared.zones import Zone

NEAR_SHARE = 0.08  # of the picture's height: about a face, which may count although its motion is beside the zone
_FINE = 8  # dots of a cell's side: zones may be narrower than a cell


def counting_cells(zones: Sequence[Zone], rows: int, columns: int) -> Cells:
    """The cells of a grid over the picture that are no farther than a face from a place that counts."""
    if not zones:
        return np.ones((rows, columns), np.bool_)
    size = (rows * _FINE, columns * _FINE)
    including = [zone for zone in zones if zone.kind == "include"]
    counts = _filled(including, size) if including else np.ones(size, np.uint8)
    counts &= 1 - _filled([zone for zone in zones if zone.kind == "exclude"], size)
    reach = 2 * max(1, round(NEAR_SHARE * size[0])) + 1
    near = cv2.dilate(counts, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    return np.asarray(near.reshape(rows, _FINE, columns, _FINE).max(axis=(1, 3)), np.bool_)


def _filled(zones: Sequence[Zone], size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """1 where any of the zones is, by the even-odd rule as in ``Zone.holds``."""
    rows, columns = size
    filled = np.zeros(size, np.uint8)
    for zone in zones:
        corners = np.array(zone.corners) * (columns, rows)
        alone = np.zeros(size, np.uint8)
        cv2.fillPoly(alone, [np.floor(corners).astype(np.int32)], (1,))
        filled |= alone
    return filled
