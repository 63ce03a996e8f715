"""The network: plain convolutions, three levels of cells, fully convolutional."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from trainer.detector.targets import STRIDES

Network = Any  # keras carries no types
Tensor = Any

PIXEL_SCALE = 1 / 127.5
PIXEL_OFFSET = -1.0
STEM = (16, 24)
WIDTHS = (48, 64, 96)  # of the levels
HEAD = 48
OUTPUTS = 5  # of a cell: whether it is a face (a logit), and four distances
FACE_PRIOR = 0.01  # nearly all cells are no face; beginning there keeps the first steps calm
# A face of about this many strides is what an untrained level answers with.
START_STRIDES = 2.0


def build() -> Network:
    """A network from pictures (n, height, width, 3) to one map (n, height/stride, width/stride, 5) a level.

    A map's values: the logit that a face is centred near the cell, and the logarithms of the
    distances from the cell's centre to the box's left, top, right and bottom, in strides.
    """
    picture = keras.Input((None, None, 3))
    x = _conv(picture, STEM[0], stride=2)
    x = _conv(x, STEM[1], stride=2)
    x = _conv(x, STEM[1])
    fine = _residual(_conv(x, WIDTHS[0], stride=2))
    middle = _residual(_conv(fine, WIDTHS[1], stride=2))
    coarse = _residual(_conv(middle, WIDTHS[2], stride=2))
    coarse = _conv(coarse, HEAD, size=1)
    middle = layers.Add()([_conv(middle, HEAD, size=1), Doubled()(coarse)])
    fine = layers.Add()([_conv(fine, HEAD, size=1), Doubled()(middle)])
    return keras.Model(picture, [_answers(level) for level in (fine, middle, coarse)])


@keras.saving.register_keras_serializable("maskwatch")
class Doubled(layers.Layer):  # type: ignore[misc]
    """Doubles a map by repeating each cell: unlike UpSampling2D, without computing with shapes when it runs."""

    def call(self, values: Tensor) -> Tensor:
        """(n, h, w, c) to (n, 2h, 2w, c)."""
        return tf.nn.depth_to_space(tf.concat([values] * 4, axis=-1), 2)

    def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Of the doubled map."""
        n, height, width, channels = shape
        return n, height and height * 2, width and width * 2, channels


def decoded(maps: list[Tensor]) -> tuple[Tensor, Tensor]:
    """Logits (n, cells) and boxes (n, cells, 4) in pixels, the cells of all levels in the order of the targets."""
    logits, boxes = [], []
    for values, stride in zip(maps, STRIDES, strict=True):
        shape = tf.shape(values)
        x = (tf.range(shape[2], dtype=tf.float32) + 0.5) * stride
        y = (tf.range(shape[1], dtype=tf.float32) + 0.5) * stride
        at = tf.stack(tf.meshgrid(x, y), axis=-1)
        reach = tf.exp(tf.clip_by_value(values[..., 1:], -6.0, 4.0)) * float(stride)
        box = tf.concat([at - reach[..., :2], at + reach[..., 2:]], axis=-1)
        logits.append(tf.reshape(values[..., 0], (shape[0], -1)))
        boxes.append(tf.reshape(box, (shape[0], -1, 4)))
    return tf.concat(logits, axis=1), tf.concat(boxes, axis=1)


def _conv(x: Tensor, channels: int, stride: int = 1, size: int = 3) -> Tensor:
    x = layers.Conv2D(channels, size, stride, padding="same", use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization(momentum=0.97)(x))


def _residual(x: Tensor) -> Tensor:
    return layers.Add()([x, _conv(_conv(x, x.shape[-1]), x.shape[-1])])


def _answers(x: Tensor) -> Tensor:
    start = [-np.log((1 - FACE_PRIOR) / FACE_PRIOR)] + [np.log(START_STRIDES / 2)] * 4
    return layers.Conv2D(OUTPUTS, 1, bias_initializer=keras.initializers.Constant(start))(_conv(x, HEAD))
