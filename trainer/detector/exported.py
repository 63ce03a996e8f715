"""The network as a LiteRT file, and that file at work."""

import contextlib
import io

import cv2
import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from trainer.detector.album import Boxes, Pixels
from trainer.detector.measuring import Scores, surest
from trainer.detector.network import PIXEL_OFFSET, PIXEL_SCALE, Network
from trainer.detector.targets import STRIDES, centres

MULTIPLE = max(STRIDES)
PADDING = 114
OVERLAP = 0.45


def to_litert(network: Network) -> bytes:
    """One file for pictures of any size, with float16 weights, which XNNPACK widens when it loads them."""
    answers = tf.function(lambda picture: network(picture, training=False))
    frozen = convert_variables_to_constants_v2(
        answers.get_concrete_function(tf.TensorSpec((1, None, None, 3), tf.float32))
    )
    converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen], network)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]
    # The converter prints where it keeps its temporary files.
    with contextlib.redirect_stdout(io.StringIO()):
        return bytes(converter.convert())


class ExportedDetector:
    """A LiteRT file that finds faces in pictures scaled by ``zoom``."""

    def __init__(self, model: bytes, zoom: float = 1.0, least_logit: float = -2.5) -> None:
        """Load the file's content."""
        self._interpreter = Interpreter(model_content=model, num_threads=1)
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._zoom = zoom
        self._least_logit = least_logit

    def find(self, pixels: Pixels) -> tuple[Boxes, Scores]:
        """The faces of an RGB picture: boxes (n, 4), and the network's logits."""
        method = cv2.INTER_AREA if self._zoom < 1 else cv2.INTER_LINEAR
        shown = cv2.resize(pixels, None, fx=self._zoom, fy=self._zoom, interpolation=method)
        boxes, logits = _decoded(self.maps(np.asarray(shown, np.uint8)), self._least_logit)
        kept = surest(boxes, logits, OVERLAP)
        limits = np.array(pixels.shape[1::-1] * 2, np.float32)
        return np.clip(boxes[kept] / self._zoom, 0, limits), logits[kept]

    def maps(self, shown: Pixels) -> list[NDArray[np.float32]]:
        """The network's maps of a picture, finest first."""
        below, right = (-side % MULTIPLE for side in shown.shape[:2])
        padded = np.pad(shown, ((0, below), (0, right), (0, 0)), constant_values=PADDING)
        self._interpreter.resize_tensor_input(self._input, (1, *padded.shape))
        self._interpreter.allocate_tensors()
        self._interpreter.set_tensor(self._input, padded[None] * np.float32(PIXEL_SCALE) + np.float32(PIXEL_OFFSET))
        self._interpreter.invoke()
        outputs = self._interpreter.get_output_details()
        maps = [np.array(self._interpreter.get_tensor(each["index"])[0], np.float32) for each in outputs]
        return sorted(maps, key=len, reverse=True)


def _decoded(maps: list[NDArray[np.float32]], least_logit: float) -> tuple[Boxes, Scores]:
    boxes, logits = [], []
    for values, stride in zip(maps, STRIDES, strict=True):
        cells = values.reshape(-1, values.shape[-1])
        is_sure = cells[:, 0] >= least_logit
        at = centres(values.shape[0] * stride, values.shape[1] * stride, stride)[is_sure]
        reach = np.exp(np.clip(cells[is_sure, 1:], -6, 4)) * stride
        boxes.append(np.concatenate([at - reach[:, :2], at + reach[:, 2:]], axis=1))
        logits.append(cells[is_sure, 0])
    return np.concatenate(boxes), np.concatenate(logits)
