"""OpenCV's own Haar cascades: nothing to download, honest about what they miss."""

import threading
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from shared.messages import Box
from worker.detectors.detector import DetectorUnavailable, FaceBox, Picture, Pixels, clipped

CASCADES = Path(cv2.__file__).parent / "data"
# All numbers were chosen on boxes/train; docs/detectors.md has the table. Of the frontal cascades,
# alt finds the most at equal false faces.
CASCADE = "haarcascade_frontalface_alt.xml"
SCALE_STEP = 1.1
WINDOW_OF_FACE = 0.853  # a face's annotated width is this part of the cascade's window,
FACE_ASPECT = 1.09  # its height this many times its width,
CHIN_SHIFT = 0.134  # and its centre lies this part of the window lower: the window ends above the chin
SAME_FACE_IOU = 0.4
# A window's weight exceeds the last stage's threshold by this or more.
WEIGHT_FLOOR = 105.763
# Odds of being a face, from the summed weight of its windows: logistic regression.
ODDS_OFFSET = -1.0
ODDS_PER_LOG_WEIGHT = 2.0


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

    def detect(self, picture: Picture) -> list[FaceBox]:
        """See ``Detector.detect``."""
        # The red channel, not grey: skin is bright in it and most masks are not brighter, which
        # finds a tenth more of the masked faces at equal false ones.
        red = np.ascontiguousarray(picture[:, :, 2])
        smallest = max(20, round(self._min_face_px / WINDOW_OF_FACE * 0.9))
        windows, _, weights = self._own().detectMultiScale3(
            red, SCALE_STEP, 0, minSize=(smallest, smallest), outputRejectLevels=True
        )
        if len(windows) == 0:
            return []
        faces = [self._face(group, picture) for group in _groups(np.asarray(windows, float), np.ravel(weights))]
        kept = [
            face
            for face in faces
            if face.face_confidence >= self._min_face_confidence and face.box.width >= self._min_face_px
        ]
        return sorted(kept, key=lambda face: -face.face_confidence)

    def _face(self, group: tuple[Pixels, float], picture: Picture) -> FaceBox:
        (x, y, side, _), weight = group
        width = side * WINDOW_OF_FACE
        centre_x, centre_y = x + side / 2, y + side / 2 + CHIN_SHIFT * side
        half_w, half_h = width / 2, width * FACE_ASPECT / 2
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
    odds = ODDS_OFFSET + ODDS_PER_LOG_WEIGHT * np.log(max(weight, 1e-6))
    return float(1 / (1 + np.exp(-odds)))


def _groups(windows: Pixels, weights: Pixels) -> Sequence[tuple[Pixels, float]]:
    """Windows (n, 4: x, y, w, h) that mean the same face: their mean, and the sum of their weights."""
    overlaps = _ious(windows) >= SAME_FACE_IOU
    is_left = np.ones(len(windows), dtype=bool)
    groups = []
    while is_left.any():
        # The window with the most neighbours gathers them.
        seed = int(((overlaps & is_left).sum(axis=1) * is_left).argmax())
        members = overlaps[seed] & is_left
        groups.append((windows[members].mean(axis=0), float((weights[members] - WEIGHT_FLOOR).sum())))
        is_left &= ~members
    return groups


def _ious(windows: Pixels) -> Pixels:
    low, high = windows[:, :2], windows[:, :2] + windows[:, 2:]
    sides = np.minimum(high[:, None], high[None]) - np.maximum(low[:, None], low[None])
    shared = np.clip(sides, 0, None).prod(axis=2)
    areas = windows[:, 2:].prod(axis=1)
    ious: Pixels = shared / (areas[:, None] + areas[None] - shared)
    return ious
