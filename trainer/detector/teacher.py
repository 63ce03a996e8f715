"""YuNet as a teacher: boxes that it is sure of, and boxes that are unclear."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.teacher import load_yunet

MIN_CONFIDENCE = 0.4
SURE_ONCE = 0.85  # at one of both sizes
SURE_TWICE = 0.7  # at both sizes, with boxes that agree
AGREEMENT_IOU = 0.5
# A tight crop shows no outline of the head, by which faces are found too.
BORDER = 0.15

LANDMARKS = 5  # both eyes, the tip of the nose, both corners of the mouth
BOX, POINTS = slice(0, 4), slice(4, 4 + 2 * LANDMARKS)  # of a row, whose last value is the confidence

Pixels = NDArray[np.uint8]
Boxes = NDArray[np.float32]
Points = NDArray[np.float32]  # (faces, 5, 2): x, y in pixels; not a number where unknown


@dataclass(frozen=True)
class Taught:
    """The faces that the teacher sees in a picture: boxes (n, 4) within it, landmarks, and whether it is sure."""

    boxes: Boxes
    landmarks: Points
    is_sure: NDArray[np.bool_]  # (n,)


class BoxTeacher:
    """Looks at single and at doubled size."""

    def __init__(self, weights: Path) -> None:
        """Load the network.

        Raises:
            TrainingRefused: the file is missing or is no such network.
        """
        self._net = load_yunet(weights, MIN_CONFIDENCE)

    def find(self, pixels: Pixels) -> Taught:
        """What there is in an RGB picture."""
        single, doubled = self._look(pixels, 1), self._look(pixels, 2)
        rows: list[NDArray[np.float32]] = []
        sure: list[bool] = []
        for row in doubled:
            near = [other for other in single if _iou(row, other) >= AGREEMENT_IOU]
            best = max([row, *near], key=lambda each: float(each[-1]))
            rows.append(best)
            sure.append(bool(best[-1] >= SURE_ONCE or (near and min(row[-1], near[0][-1]) >= SURE_TWICE)))
        for row in single:
            if all(_iou(row, other) < AGREEMENT_IOU for other in doubled):
                rows.append(row)
                sure.append(bool(row[-1] >= SURE_ONCE))
        table = np.array(rows, np.float32).reshape(-1, 5 + 2 * LANDMARKS)
        return Taught(table[:, BOX], table[:, POINTS].reshape(-1, LANDMARKS, 2), np.array(sure, bool))

    def _look(self, pixels: Pixels, zoom: int) -> NDArray[np.float32]:
        height, width = pixels.shape[:2]
        border = round(BORDER * max(height, width))
        wide = cv2.copyMakeBorder(pixels[:, :, ::-1], border, border, border, border, cv2.BORDER_REPLICATE)
        scaled = wide if zoom == 1 else cv2.resize(wide, None, fx=zoom, fy=zoom)
        self._net.setInputSize((scaled.shape[1], scaled.shape[0]))
        _, found = self._net.detect(scaled)
        rows = np.zeros((0, 15), np.float32) if found is None else found
        rows = rows[np.isfinite(rows).all(axis=1)]
        low = rows[:, :2] / zoom - border
        high = low + rows[:, 2:4] / zoom
        limits = np.array([width, height], np.float32)
        points = rows[:, POINTS] / zoom - border
        seen = np.concatenate([np.clip(low, 0, limits), np.clip(high, 0, limits), points, rows[:, -1:]], axis=1)
        is_inside = (seen[:, 2] - seen[:, 0] >= 6) & (seen[:, 3] - seen[:, 1] >= 6)
        return np.asarray(seen[is_inside], np.float32)


def _iou(one: Boxes, other: Boxes) -> float:
    low, high = np.maximum(one[:2], other[:2]), np.minimum(one[2:4], other[2:4])
    shared = float(np.clip(high - low, 0, None).prod())
    total = float((one[2:4] - one[:2]).prod() + (other[2:4] - other[:2]).prod())
    return shared / max(total - shared, 1e-6)
