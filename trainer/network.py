"""MobileNetV2 with its last layer replaced by one neuron a class. TensorFlow is imported only when one is built."""

from typing import Any

from shared.model_registry import ModelInput
from trainer.beginnings import Beginning
from trainer.settings import TrainSettings

# Pixels become -1..1, as MobileNetV2's weights expect; the manifest tells workers the same.
PIXEL_SCALE, PIXEL_OFFSET = 1 / 127.5, -1.0
DROPOUT = 0.3

Network = Any  # keras.Model: Keras carries no types


def model_input(settings: TrainSettings) -> ModelInput:
    """What workers must feed the network with."""
    return ModelInput(
        width=settings.size,
        height=settings.size,
        scale=PIXEL_SCALE,
        offset=PIXEL_OFFSET,
        crop_margin=settings.crop_margin,
    )


def build(size: int, alpha: float, classes: int, begin: Beginning) -> tuple[Network, Network, Network]:
    """The whole network, its trunk and its head; they share their weights.

    The network maps float pictures [n, size, size, 3] in -1..1 to probabilities [n, classes].

    Raises:
        TrainingRefused: the weights to begin with belong to a network of another width.
    """
    import keras  # noqa: PLC0415 - seconds to import, which --help need not wait for

    trunk = keras.applications.MobileNetV2(
        input_shape=(size, size, 3), alpha=alpha, include_top=False, weights=None, pooling="avg"
    )
    begin.load(trunk)
    head = keras.Sequential(
        [
            keras.Input(trunk.output_shape[1:]),
            keras.layers.Dropout(DROPOUT),
            keras.layers.Dense(classes, activation="softmax"),
        ]
    )
    pictures = keras.Input((size, size, 3))
    # The trunk's batch normalisation keeps the statistics of its millions of pictures.
    network = keras.Model(pictures, head(trunk(pictures, training=False)))
    return network, trunk, head


def release(trunk: Network, frozen_layers: int) -> None:
    """Let all but the trunk's first layers learn."""
    trunk.trainable = True
    for layer in trunk.layers[:frozen_layers]:
        layer.trainable = False
