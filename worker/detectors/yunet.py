"""OpenCV's YuNet, whose weights the operator supplies."""

import threading
from collections.abc import Sequence
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
    size_of,
)

NMS_IOU = 0.3
MAX_FACES = 5_000
# Faces below about 40 px are found more often in a doubled picture, which costs four times as much;
# pictures of more than this many pixels are not doubled.
MAX_PIXELS_TO_DOUBLE = 640 * 480
MAX_FACE_PX_THAT_DOUBLING_HELPS = 40


class YuNetDetector:
    """Finds faces with a small network (FaceDetectorYN), masked ones nearly as often as bare ones."""

    name = "yunet"

    def __init__(self, weights: Path | None, min_face_px: int, min_face_confidence: float) -> None:
        """Load the weights once, so that a wrong file is told at start-up.

        Raises:
            DetectorUnavailable: no weights are set, or the file is missing or no such network.
        """
        if weights is None:
            raise DetectorUnavailable("the detector yunet needs weights: set MASKWATCH_YUNET_WEIGHTS to an ONNX file")
        self._weights = weights
        self._min_face_px = min_face_px
        self._min_face_confidence = min_face_confidence
        self._of_thread = threading.local()
        self._own()

    def detect(self, picture: Picture, whole: Size | None = None) -> list[FaceBox]:
        """See ``Detector.detect``."""
        scale = self._scale(whole or size_of(picture))
        shown = picture if scale == 1 else cv2.resize(picture, None, fx=scale, fy=scale)
        network = self._own()
        network.setInputSize((shown.shape[1], shown.shape[0]))
        _, rows = network.detect(shown)
        # Now and then the network gives a box that is no number.
        faces = [_face(row, scale, picture) for row in (rows if rows is not None else ()) if np.isfinite(row).all()]
        smallest = SIZE_TOLERANCE * self._min_face_px
        large = [face for face in faces if face.box.width >= smallest]
        return sorted(large, key=lambda face: -face.face_confidence)

    def detect_each(self, parts: Sequence[Part], each: Each) -> list[list[FaceBox]]:
        """See ``Detector.detect_each``."""
        return one_by_one(self, parts, each)

    def _scale(self, whole: Size) -> int:
        is_small = whole[0] * whole[1] <= MAX_PIXELS_TO_DOUBLE
        return 2 if is_small and self._min_face_px < MAX_FACE_PX_THAT_DOUBLING_HELPS else 1

    def _own(self) -> cv2.FaceDetectorYN:
        """The network of this thread: one of them is not safe to share, as it keeps its input size."""
        try:
            network: cv2.FaceDetectorYN = self._of_thread.network
        except AttributeError:
            network = self._of_thread.network = self._load()
        return network

    def _load(self) -> cv2.FaceDetectorYN:
        if not self._weights.is_file():
            raise DetectorUnavailable(f"no weights at {self._weights}: set MASKWATCH_YUNET_WEIGHTS to an ONNX file")
        try:
            return cv2.FaceDetectorYN.create(
                str(self._weights), "", (320, 320), self._min_face_confidence, NMS_IOU, MAX_FACES
            )
        except cv2.error as error:
            raise DetectorUnavailable(
                f"{self._weights} is not a YuNet network that OpenCV reads: correct MASKWATCH_YUNET_WEIGHTS"
            ) from error


def _face(row: Pixels, scale: int, picture: Picture) -> FaceBox:
    x, y, width, height = (float(value) / scale for value in row[:4])
    confidence = float(np.clip(row[-1], 0, 1))
    return FaceBox(clipped(Box(x, y, x + width, y + height), picture), confidence)
