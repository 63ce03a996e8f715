"""OpenCV's own Haar cascades: nothing to download, honest about what they miss."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from shared.messages import Box
from worker.detectors.detector import (
    SIZE_TOLERANCE,
    DetectorUnavailable,
    Each,
    FaceBox,
    Part,
    Picture,
    Pixels,
    Size,
    clipped,
    one_by_one,
)

CASCADES = Path(cv2.__file__).parent / "data"
# Chosen on annotated photographs, by recall at equal false faces a picture. Of the frontal cascades
# alt finds the most; equalising (plain or CLAHE), finer steps, scanning an enlarged picture, a vote
# of a second cascade, eyes within the face and skin colour each cost time and gave nothing steady.
CASCADE = "haarcascade_frontalface_alt.xml"
SCALE_STEP = 1.1
# A window ends above the chin: the face's box is narrower, longer and lies lower (medians).
WIDTH_OF_WINDOW = 0.8515
HEIGHT_OF_WINDOW = 0.9194
CHIN_SHIFT = 0.139
SAME_FACE_IOU = 0.4
# Windows found without grouping carry the last stage's sum, of which this much is its threshold.
STAGE_THRESHOLD = 105.763
# The odds that a group is a face, by its summed weight: logistic regression on the photographs, so
# that confidences are probabilities and 0.6 gives one false face in 14 photographs.
ODDS_OFFSET = -0.675
ODDS_PER_LOG_WEIGHT = 1.532


class HaarDetector:
    """Finds most bare frontal faces and about one masked face in three."""

    name = "haar"

    def __init__(self, min_face_px: int, min_face_confidence: float) -> None:
        """Load the cascade once, so that a broken installation is told at start-up.

        Raises:
            DetectorUnavailable: OpenCV was installed without its cascades.
        """
        self._min_face_px = min_face_px
        self._min_face_confidence = min_face_confidence
        self._of_thread = threading.local()
        self._own()

    def detect(self, picture: Picture, whole: Size | None = None) -> list[FaceBox]:
        """See ``Detector.detect``."""
        # The red channel, not grey: skin of every tone is brightest in it, so a mask stands out less. It
        # finds a tenth more of the masked faces at equal false ones, and changes nothing at night.
        red = np.ascontiguousarray(picture[:, :, 2])
        smallest = max(20, round(SIZE_TOLERANCE * self._min_face_px / WIDTH_OF_WINDOW))
        windows, _, weights = self._own().detectMultiScale3(
            red, SCALE_STEP, 0, minSize=(smallest, smallest), outputRejectLevels=True
        )
        if len(windows) == 0:
            return []
        faces = [self._face(group, picture) for group in _groups(np.asarray(windows, float), np.ravel(weights))]
        kept = [face for face in faces if face.face_confidence >= self._min_face_confidence]
        return sorted(kept, key=lambda face: -face.face_confidence)

    def detect_each(self, parts: Sequence[Part], each: Each) -> list[list[FaceBox]]:
        """See ``Detector.detect_each``."""
        return one_by_one(self, parts, each)

    def _face(self, group: tuple[Pixels, float], picture: Picture) -> FaceBox:
        (x, y, side, _), weight = group
        centre_x, centre_y = x + side / 2, y + side / 2 + CHIN_SHIFT * side
        half_w, half_h = side * WIDTH_OF_WINDOW / 2, side * HEIGHT_OF_WINDOW / 2
        box = Box(
            float(centre_x - half_w), float(centre_y - half_h), float(centre_x + half_w), float(centre_y + half_h)
        )
        return FaceBox(clipped(box, picture), _confidence(weight))

    def _own(self) -> cv2.CascadeClassifier:
        """The cascade of this thread: one of them keeps the picture that it scans."""
        try:
            cascade: cv2.CascadeClassifier = self._of_thread.cascade
        except AttributeError:
            cascade = self._of_thread.cascade = _load(CASCADE)
        return cascade


def _load(name: str) -> cv2.CascadeClassifier:
    cascade = cv2.CascadeClassifier(str(CASCADES / name))
    if cascade.empty():
        raise DetectorUnavailable(f"OpenCV is installed without {name}: install opencv-python-headless 4.x")
    return cascade


def _confidence(weight: float) -> float:
    odds = ODDS_OFFSET + ODDS_PER_LOG_WEIGHT * np.log(weight + 0.1)
    return float(1 / (1 + np.exp(-odds)))


def _groups(windows: Pixels, weights: Pixels) -> Sequence[tuple[Pixels, float]]:
    """Windows (n, 4: x, y, w, h) that mean the same face: their mean, and the sum of their weights."""
    return [
        (windows[members].mean(axis=0), float(np.maximum(weights[members] - STAGE_THRESHOLD, 0).sum()))
        for members in same_faces(windows, SAME_FACE_IOU)
    ]


def same_faces(windows: Pixels, min_iou: float) -> Iterator[Pixels]:
    """Windows (n, 4: x, y, w, h) that mean the same face: a mask (n,) for each face."""
    overlaps = _ious(windows) >= min_iou
    is_left = np.ones(len(windows), dtype=bool)
    while is_left.any():
        # The window with the most neighbours gathers them.
        seed = int(((overlaps & is_left).sum(axis=1) * is_left).argmax())
        members = overlaps[seed] & is_left
        yield members
        is_left &= ~members


def _ious(windows: Pixels) -> Pixels:
    low, high = windows[:, :2], windows[:, :2] + windows[:, 2:]
    sides = np.minimum(high[:, None], high[None]) - np.maximum(low[:, None], low[None])
    shared = np.clip(sides, 0, None).prod(axis=2)
    areas = windows[:, 2:].prod(axis=1)
    ious: Pixels = shared / (areas[:, None] + areas[None] - shared)
    return ious
