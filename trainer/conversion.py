"""A Keras network becomes the LiteRT file that workers run."""

import contextlib
import io
import warnings
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from trainer.batches import Floats, normalised
from trainer.network import Network
from trainer.settings import Precision

CALIBRATION_PICTURES = 300  # by which int8 learns how far each layer's values reach


def to_litert(network: Network, precision: Precision, pictures: NDArray[np.uint8]) -> bytes:
    """The network as a LiteRT file that takes and gives float32, whatever it computes with.

    float16 halves the file, and XNNPACK widens the weights when it loads them; int8 computes with
    whole numbers, calibrated on ``pictures`` [n, size, size, 3] of the training part.
    """
    import tensorflow as tf  # noqa: PLC0415 - seconds to import, which --help need not wait for

    converter = tf.lite.TFLiteConverter.from_keras_model(network)
    if precision != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if precision == "float16":
        converter.target_spec.supported_types = [tf.float16]
    elif precision == "int8":
        converter.representative_dataset = _calibrating(pictures)
    # The converter prints where it keeps its temporary files, and warns that inputs are to stay float32.
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Statistics for quantized inputs", UserWarning)
        return bytes(converter.convert())


def _calibrating(pictures: NDArray[np.uint8]) -> Callable[[], Iterator[list[Floats]]]:
    chosen = np.random.default_rng(1).permutation(len(pictures))[:CALIBRATION_PICTURES]

    def one_by_one() -> Iterator[list[Floats]]:
        for index in chosen:
            yield [normalised(pictures[index : index + 1])]

    return one_by_one
