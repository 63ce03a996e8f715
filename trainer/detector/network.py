"""The network: plain convolutions, four levels of cells, fully convolutional."""

from typing import Any, Literal

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from trainer.detector.targets import STRIDES

Network = Any  # keras carries no types
Tensor = Any
Precision = Literal["float32", "mixed_bfloat16"]

PIXEL_SCALE = 1 / 127.5
PIXEL_OFFSET = -1.0
# The picture is cut into patches of 4 x 4 pixels at once: as integers, convolutions at full size cost more
# than all that follows. As many numbers come out of a patch as go in.
PATCH_PX, STEM = 4, 48
WIDTHS = (64, 96, 128, 128)  # of the levels
BLOCKS = (2, 2, 1, 1)
HEAD = 64
FACE_PRIOR = 0.01  # nearly all cells are no face; beginning there keeps the first steps calm
# A face of about this many strides is what an untrained level answers with.
START_STRIDES = 2.0


def build(precision: Precision = "float32", *, takes_bytes: bool = False) -> Network:
    """A network from RGB pictures (n, height, width, 3) to two maps a level, finest level first.

    The maps of a level: (n, height/stride, width/stride, 1), the logit that a face is centred near
    the cell; and (.., 4), the logarithms of the distances from the cell's centre to the box's left,
    top, right and bottom, in strides. They are apart, since as integers each needs a scale of its own.

    It takes pixels times ``PIXEL_SCALE`` plus ``PIXEL_OFFSET``; with ``takes_bytes`` BGR pixels as
    cameras give them, 0 to 255, see ``taking_bytes``.
    """
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        return _built(takes_bytes)
    finally:
        keras.config.set_dtype_policy(before)


def taking_bytes(network: Network) -> Network:
    """The same network in float32 for BGR pixels, 0 to 255: exact, since patches neither overlap nor reach outside."""
    given = build(takes_bytes=True)
    kernel, *others = network.get_weights()
    shifts = kernel.sum(axis=(0, 1, 2)) * PIXEL_OFFSET
    given.set_weights([kernel[:, :, ::-1] * PIXEL_SCALE, shifts, *others])
    return given


def decoded(maps: list[Tensor]) -> tuple[Tensor, Tensor]:
    """Logits (n, cells) and boxes (n, cells, 4) in pixels, the cells of all levels in the order of the targets."""
    logits, boxes = [], []
    for sure, distances, stride in zip(maps[::2], maps[1::2], STRIDES, strict=True):
        shape = tf.shape(sure)
        x = (tf.range(shape[2], dtype=tf.float32) + 0.5) * stride
        y = (tf.range(shape[1], dtype=tf.float32) + 0.5) * stride
        at = tf.stack(tf.meshgrid(x, y), axis=-1)
        reach = tf.exp(tf.clip_by_value(distances, -6.0, 4.0)) * float(stride)
        box = tf.concat([at - reach[..., :2], at + reach[..., 2:]], axis=-1)
        logits.append(tf.reshape(sure, (shape[0], -1)))
        boxes.append(tf.reshape(box, (shape[0], -1, 4)))
    return tf.concat(logits, axis=1), tf.concat(boxes, axis=1)


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


def _built(takes_bytes: bool) -> Network:
    picture = keras.Input((None, None, 3))
    x = layers.Conv2D(STEM, PATCH_PX, PATCH_PX, padding="valid", use_bias=takes_bytes)(picture)
    x = _active(_normal(x))
    levels = []
    for width, blocks in zip(WIDTHS, BLOCKS, strict=True):
        x = _conv(x, width, stride=2)
        for _ in range(blocks):
            x = _residual(x)
        levels.append(x)
    merged = [_conv(levels[-1], HEAD, size=1)]
    for level in levels[-2::-1]:
        merged.append(layers.Add()([_conv(level, HEAD, size=1), Doubled()(merged[-1])]))
    return keras.Model(picture, [each for level in merged[::-1] for each in _answers(level)])


def _normal(x: Tensor) -> Tensor:
    return layers.BatchNormalization(momentum=0.97)(x)


def _active(x: Tensor) -> Tensor:
    # Bounded, so that 256 steps of an integer divide a known range.
    return layers.ReLU(max_value=6.0)(x)


def _conv(x: Tensor, channels: int, stride: int = 1, size: int = 3) -> Tensor:
    return _active(_normal(layers.Conv2D(channels, size, stride, padding="same", use_bias=False)(x)))


def _residual(x: Tensor) -> Tensor:
    inner = _conv(x, x.shape[-1])
    inner = _normal(layers.Conv2D(x.shape[-1], 3, padding="same", use_bias=False)(inner))
    return _active(layers.Add()([x, inner]))


def _answers(x: Tensor) -> tuple[Tensor, Tensor]:
    x = _conv(x, HEAD)
    prior = keras.initializers.Constant(-np.log((1 - FACE_PRIOR) / FACE_PRIOR))
    start = keras.initializers.Constant(np.log(START_STRIDES / 2))
    return (
        layers.Conv2D(1, 1, bias_initializer=prior, dtype="float32")(x),
        layers.Conv2D(4, 1, bias_initializer=start, dtype="float32")(x),
    )
