"""One frame after the other: found by OpenCV's cascade, each face judged by a call of its own."""

from pathlib import Path
from typing import Any, NamedTuple

import cv2
import keras
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[Any]

INPUT_PX = 224
SCALE_STEP, MIN_NEIGHBOURS = 1.1, 5
LABELS = ("with_mask", "without_mask")  # as the model's outputs stand


class Face(NamedTuple):
    """Left, top, right and bottom in pixels, and how the face wears its mask."""

    box: tuple[int, int, int, int]
    label: str
    confidence: float


class ClassicLoop:
    """Says of each picture who in it wears a mask."""

    def __init__(self, model: Path) -> None:
        """Load a Keras model of 224 px RGB faces whose outputs are ``LABELS``, and call it once."""
        cascades = Path(cv2.__file__).parent / "data"
        self._cascade = cv2.CascadeClassifier(str(cascades / "haarcascade_frontalface_default.xml"))
        self._model = keras.models.load_model(model, compile=False)
        self._predict(np.zeros((INPUT_PX, INPUT_PX, 3), np.uint8))

    def judge(self, picture: Pixels) -> list[Face]:
        """The faces of a BGR picture."""
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        return [
            self._judged(picture, int(x), int(y), int(width), int(height))
            for x, y, width, height in self._cascade.detectMultiScale(grey, SCALE_STEP, MIN_NEIGHBOURS)
        ]

    def _judged(self, picture: Pixels, x: int, y: int, width: int, height: int) -> Face:
        probabilities = self._predict(picture[y : y + height, x : x + width])
        best = int(np.argmax(probabilities))
        return Face((x, y, x + width, y + height), LABELS[best], float(probabilities[best]))

    def _predict(self, face: Pixels) -> Pixels:
        resized = cv2.resize(cv2.cvtColor(face, cv2.COLOR_BGR2RGB), (INPUT_PX, INPUT_PX))
        batch = (resized.astype(np.float32) / 127.5 - 1)[None]
        return np.asarray(self._model.predict(batch, verbose=0)[0])
