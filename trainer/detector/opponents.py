"""The detectors that a new one is measured beside: OpenCV's cascades and YuNet."""

from pathlib import Path

import cv2
import numpy as np

from trainer.detector.album import Boxes, Pixels
from trainer.detector.measuring import Find, Scores

YUNET_CONFIDENCE = 0.6
YUNET_LEAST = 0.3  # what is found below its confidence only shows in curves


def haar() -> Find:
    """The frontal cascade as OpenCV's own examples run it."""
    cascade = cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / "haarcascade_frontalface_default.xml"))

    def find(pixels: Pixels) -> tuple[Boxes, Scores]:
        rows = cascade.detectMultiScale(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), 1.1, 5, minSize=(20, 20))
        corners = np.asarray(rows, np.float32).reshape(-1, 4)
        return np.concatenate([corners[:, :2], corners[:, :2] + corners[:, 2:]], axis=1), np.ones(
            len(corners), np.float32
        )

    return find


def yunet(weights: Path, zoom: int) -> Find:
    """YuNet on pictures enlarged by a whole number."""
    network = cv2.FaceDetectorYN.create(str(weights), "", (320, 320), YUNET_LEAST, 0.3)

    def find(pixels: Pixels) -> tuple[Boxes, Scores]:
        shown = cv2.resize(np.ascontiguousarray(pixels[:, :, ::-1]), None, fx=zoom, fy=zoom)
        network.setInputSize((shown.shape[1], shown.shape[0]))
        _, found = network.detect(shown)
        rows = np.zeros((0, 15), np.float32) if found is None else np.asarray(found, np.float32)
        low = rows[:, :2] / zoom
        return np.concatenate([low, low + rows[:, 2:4] / zoom], axis=1), rows[:, -1]

    return find
