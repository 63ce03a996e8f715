"""A face detector that finds the face in a labelled picture, so that wide scenes and tight crops train alike."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.data_set import Box
from trainer.settings import TrainingRefused

MIN_CONFIDENCE = 0.6
MAX_OVERLAP = 0.3


def load_yunet(weights: Path, min_confidence: float) -> cv2.FaceDetectorYN:
    """The network, which reports faces from ``min_confidence`` (0..1) on.

    Raises:
        TrainingRefused: the file is missing or is no such network.
    """
    if not weights.is_file():
        raise TrainingRefused(f"there is no face detector {weights}")
    try:
        return cv2.FaceDetectorYN.create(str(weights), "", (320, 320), min_confidence, MAX_OVERLAP)
    except cv2.error as error:
        raise TrainingRefused(f"{weights} is not a YuNet face detector") from error


class Teacher:
    """YuNet from an ONNX file; asks again at double size where it finds nothing."""

    def __init__(self, weights: Path) -> None:
        """Load the detector.

        Raises:
            TrainingRefused: the file is missing or is no such network.
        """
        self._net = load_yunet(weights, MIN_CONFIDENCE)

    def largest_face(self, picture: NDArray[np.uint8]) -> Box | None:
        """The box of the largest face in a BGR picture; a data set's label speaks of that one."""
        return self._largest(picture, 1) or self._largest(picture, 2)

    def faces(self, picture: NDArray[np.uint8], min_confidence: float) -> list[Box]:
        """The boxes of all faces in a BGR picture of which the network is at least so sure (0..1)."""
        self._net.setScoreThreshold(min_confidence)
        try:
            return self._boxes(picture, 1)
        finally:
            self._net.setScoreThreshold(MIN_CONFIDENCE)

    def _largest(self, picture: NDArray[np.uint8], zoom: int) -> Box | None:
        return max(self._boxes(picture, zoom), key=lambda box: (box[2] - box[0]) * (box[3] - box[1]), default=None)

    def _boxes(self, picture: NDArray[np.uint8], zoom: int) -> list[Box]:
        scaled = picture if zoom == 1 else cv2.resize(picture, None, fx=zoom, fy=zoom)
        self._net.setInputSize((scaled.shape[1], scaled.shape[0]))
        _, found = self._net.detect(scaled)
        # The network now and then gives a box that is not a number.
        rows = [] if found is None else [row[:4] / zoom for row in found if np.isfinite(row[:4]).all()]
        return [(float(x), float(y), float(x + width), float(y + height)) for x, y, width, height in rows]
