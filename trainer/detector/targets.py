"""Which cells of the network's output answer for which face."""

import numpy as np
from numpy.typing import NDArray

STRIDES = (8, 16, 32, 64)
# The side (root of the area) of the faces that each stride answers for; they overlap.
SIDES_PX = ((8.0, 48.0), (32.0, 112.0), (80.0, 224.0), (160.0, 1e4))
CENTRE_STRIDES = 1.25  # cells up to this many strides from a face's centre answer for it
MIN_SIDE_PX = 8.0  # smaller faces are neither found nor missed

Boxes = NDArray[np.float32]
Targets = NDArray[np.float32]

# Large faces are few beside the many small ones of a crowd: a face counts by its side over this, within limits.
SIDE_THAT_COUNTS_ONCE_PX = 32.0
MOST_COUNTED = 4.0

# Columns of a cell's target: how much its answer counts, whether it answers for a face, and that face's box.
COUNTS, IS_FACE, BOX = 0, 1, slice(2, 6)


def centres(height: int, width: int, stride: int) -> NDArray[np.float32]:
    """The centres of a level's cells, row by row: (cells, 2) of x, y in pixels of the input."""
    y, x = np.mgrid[0 : height // stride, 0 : width // stride]
    return np.asarray((np.stack([x, y], axis=-1).reshape(-1, 2) + 0.5) * stride, np.float32)


def encode(faces: Boxes, unclear: Boxes, height: int, width: int) -> Targets:
    """Targets (cells of all levels, 6) for faces (n, 4) and regions that teach nothing (m, 4)."""
    order = np.argsort(-(faces[:, 2:] - faces[:, :2]).prod(axis=1))  # a smaller face takes a cell from a larger
    levels = [
        _level(faces[order], unclear, centres(height, width, stride), stride, sides)
        for stride, sides in zip(STRIDES, SIDES_PX, strict=True)
    ]
    return np.concatenate(levels)


def _level(
    faces: Boxes, unclear: Boxes, cells: NDArray[np.float32], stride: int, sides: tuple[float, float]
) -> Targets:
    targets = np.zeros((len(cells), 6), np.float32)
    targets[:, COUNTS] = 1
    for box in unclear:
        targets[_within(cells, box), COUNTS] = 0
    for box in faces:
        side = float(np.sqrt((box[2:] - box[:2]).prod()))
        if side < MIN_SIDE_PX:
            targets[_within(cells, box), COUNTS] = 0
        elif sides[0] <= side < sides[1]:
            centre, half = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) / 2
            reach = np.minimum(half, CENTRE_STRIDES * stride)
            answers = (np.abs(cells - centre) <= reach).all(axis=1)
            targets[answers, COUNTS] = np.clip(side / SIDE_THAT_COUNTS_ONCE_PX, 1, MOST_COUNTED)
            targets[answers, IS_FACE] = 1
            targets[answers, BOX] = box
    return targets


def _within(cells: NDArray[np.float32], box: Boxes) -> NDArray[np.bool_]:
    return np.asarray(((cells >= box[:2]) & (cells <= box[2:])).all(axis=1))
