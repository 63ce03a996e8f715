"""How far a face is turned away, estimated from its grey picture: gradients, weighed as a small file says.

``trainer/turning.py`` makes the file; what is computed of a face stands here and there alike, by the file's numbers.
"""

from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

WEIGHTS = Path(__file__).with_name("models") / "turned" / "weights.npz"
SIDE_PX = 32
_HOG = cv2.HOGDescriptor((SIDE_PX, SIDE_PX), (16, 16), (8, 8), (8, 8), 9)


def turned(face: NDArray[np.uint8]) -> float:
    """From 0, seen from the front, to 1, a profile, of a square grey picture of a face without margin."""
    weights, offset = _weights()
    small = cv2.resize(face, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)
    return min(1.0, max(0.0, float(np.asarray(_HOG.compute(small)).ravel() @ weights + offset)))


@cache
def _weights() -> tuple[NDArray[np.float32], float]:
    with np.load(WEIGHTS) as file:
        return np.asarray(file["weights"], np.float32), float(file["offset"])
