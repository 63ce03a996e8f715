"""The network as a LiteRT file, and that file at work."""

import contextlib
import io
from collections.abc import Iterable, Iterator, Sequence

import cv2
import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from shared.detector_manifest import DetectorInput
from trainer.detector.album import Boxes, Pixels
from trainer.detector.measuring import Scores, surest
from trainer.detector.network import Network, taking_bytes
from trainer.detector.settings import ModelPrecision
from trainer.detector.targets import STRIDES, centres

MULTIPLE = max(STRIDES)
OVERLAP = 0.45
# What files of this trainer take; the integer one of them takes it as uint8.
TAKES = DetectorInput(order="bgr", multiple=MULTIPLE, padding=114)


def to_litert(network: Network, precision: ModelPrecision, samples: Iterable[Pixels] = ()) -> bytes:
    """One file for BGR pictures of any size, of whose bytes it computes.

    ``float16`` weights, which XNNPACK widens when it loads them, take the bytes as float32; ``int8``
    computes in integers throughout, from uint8, in ranges that the network has on ``samples`` (RGB,
    sides multiples of ``MULTIPLE``).
    """
    given = taking_bytes(network)
    answers = tf.function(lambda picture: given(picture, training=False))
    frozen = convert_variables_to_constants_v2(
        answers.get_concrete_function(tf.TensorSpec((1, None, None, 3), tf.float32))
    )
    converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen], given)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if precision == "float16":
        converter.target_spec.supported_types = [tf.float16]
    else:
        converter.representative_dataset = lambda: _inputs(samples)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = tf.uint8
    # The converter prints where it keeps its temporary files.
    with contextlib.redirect_stdout(io.StringIO()):
        return bytes(converter.convert())


def _inputs(samples: Iterable[Pixels]) -> Iterator[list[NDArray[np.float32]]]:
    for sample in samples:
        bgr = sample[None, :, :, ::-1].astype(np.float32)
        bgr[0, 0, 0], bgr[0, 0, 1] = 0, 255  # so that a step is one brightness, exactly
        yield [bgr]


class ExportedDetector:
    """A LiteRT file that finds faces in pictures scaled by ``zoom``."""

    def __init__(
        self,
        model: bytes,
        zoom: float = 1.0,
        least_logit: float = -2.5,
        takes: DetectorInput = TAKES,
        strides: Sequence[int] = STRIDES,
    ) -> None:
        """Load the file's content; ``takes`` and ``strides`` are what its manifest says of it."""
        self._interpreter = Interpreter(model_content=model, num_threads=1)
        self._input = self._interpreter.get_input_details()[0]
        self._zoom = zoom
        self._least_logit = least_logit
        self._takes = takes
        self._strides = strides

    def find(self, pixels: Pixels) -> tuple[Boxes, Scores]:
        """The faces of an RGB picture: boxes (n, 4), and the network's logits."""
        method = cv2.INTER_AREA if self._zoom < 1 else cv2.INTER_LINEAR
        shown = cv2.resize(pixels, None, fx=self._zoom, fy=self._zoom, interpolation=method)
        boxes, logits = _decoded(self.maps(np.asarray(shown, np.uint8)), self._strides, self._least_logit)
        kept = surest(boxes, logits, OVERLAP)
        limits = np.array(pixels.shape[1::-1] * 2, np.float32)
        return np.clip(boxes[kept] / self._zoom, 0, limits), logits[kept]

    def maps(self, shown: Pixels) -> list[NDArray[np.float32]]:
        """The network's maps of an RGB picture, (rows, columns, 5) a level, finest first."""
        inputs = self._inputs(shown)
        index = self._input["index"]
        self._interpreter.resize_tensor_input(index, inputs.shape)
        self._interpreter.allocate_tensors()
        self._interpreter.set_tensor(index, inputs)
        self._interpreter.invoke()
        outputs = self._interpreter.get_output_details()
        parts = [np.array(self._interpreter.get_tensor(each["index"])[0], np.float32) for each in outputs]
        parts.sort(key=lambda part: (-len(part), part.shape[-1]))
        of_level = len(parts) // len(self._strides)
        return [np.concatenate(parts[i : i + of_level], axis=-1) for i in range(0, len(parts), of_level)]

    def _inputs(self, shown: Pixels) -> NDArray[np.generic]:
        takes = self._takes
        below, right = (-side % takes.multiple for side in shown.shape[:2])
        ordered = shown[:, :, ::-1] if takes.order == "bgr" else shown
        padded = np.pad(ordered, ((0, below), (0, right), (0, 0)), constant_values=takes.padding)[None]
        if self._input["dtype"] == np.uint8:
            return padded
        values = padded.astype(np.float32)
        values *= takes.scale
        values += takes.offset
        return values


def _decoded(maps: list[NDArray[np.float32]], strides: Sequence[int], least_logit: float) -> tuple[Boxes, Scores]:
    boxes, logits = [], []
    for values, stride in zip(maps, strides, strict=True):
        cells = values.reshape(-1, values.shape[-1])
        is_sure = cells[:, 0] >= least_logit
        at = centres(values.shape[0] * stride, values.shape[1] * stride, stride)[is_sure]
        reach = np.exp(np.clip(cells[is_sure, 1:], -6, 4)) * stride
        boxes.append(np.concatenate([at - reach[:, :2], at + reach[:, 2:]], axis=1))
        logits.append(cells[is_sure, 0])
    return np.concatenate(boxes), np.concatenate(logits)
