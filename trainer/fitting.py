"""The two phases of a training: the head on a frozen trunk's features, then most of the network."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from trainer.augmentation import Augmenter
from trainer.batches import Floats, Pictures, drawn
from trainer.beginnings import Beginning
from trainer.network import Network, build, release
from trainer.settings import OnProgress, TrainProgress, TrainSettings
from trainer.validation import History, Validation

HEAD_VARIANTS = 2  # of each training picture, whose features the head learns from
HEAD_EPOCHS = 30
LABEL_SMOOTHING = 0.05  # some labels are wrong, and a sure network is badly calibrated

Batches = Iterator[tuple[Floats, Floats]]
KerasObject = object  # Keras carries no types


@dataclass(frozen=True)
class Fitted:
    """A network with the weights of its best epoch, and how it came to them."""

    network: Network
    trunk: Network
    history: History


def fit(
    settings: TrainSettings, begin: Beginning, train: Pictures, validation: Pictures, on_progress: OnProgress
) -> Fitted:
    """Train a network and return it with the weights of its best epoch.

    Raises:
        TrainingRefused: the pretrained weights cannot be used.
    """
    import keras  # noqa: PLC0415 - seconds to import, which --help need not wait for

    keras.utils.set_random_seed(settings.seed)
    network, trunk, head = build(settings.size, settings.alpha, len(settings.classes), begin)
    batches = drawn(train, Augmenter(settings.size, settings.seed), settings.batch, settings.seed)
    steps = max(len(train.labels) // settings.batch, 1)
    head_loss, head_accuracy = _fit_head(trunk, head, batches, HEAD_VARIANTS * steps, on_progress)
    release(trunk, settings.frozen_layers)
    network.compile(_optimizer(settings, steps), _loss(), metrics=["accuracy"], jit_compile=False)
    watch = _Watch(settings, network, Validation(validation, settings.size), steps, on_progress)
    network.fit(
        _prefetched(batches, settings),
        epochs=settings.epochs,
        steps_per_epoch=steps,
        shuffle=False,  # the batches never end and are drawn at random already
        verbose=0,
        callbacks=[watch.callback()],
    )
    network.set_weights(watch.best)
    watch.history.head_loss, watch.history.head_accuracy = head_loss, head_accuracy
    return Fitted(network, trunk, watch.history)


def _fit_head(
    trunk: Network, head: Network, batches: Batches, steps: int, on_progress: OnProgress
) -> tuple[list[float], list[float]]:
    """Loss and accuracy of each epoch."""
    import keras  # noqa: PLC0415

    features, labels = [], []
    for step in range(steps):
        pictures, answers = next(batches)
        features.append(trunk.predict_on_batch(pictures))
        labels.append(answers)
        on_progress(TrainProgress("training the head", step + 1, steps))
    head.compile(keras.optimizers.Adam(1e-3), _loss(), metrics=["accuracy"], jit_compile=False)
    told = head.fit(np.concatenate(features), np.concatenate(labels), batch_size=128, epochs=HEAD_EPOCHS, verbose=0)
    return [float(each) for each in told.history["loss"]], [float(each) for each in told.history["accuracy"]]


class _Watch:
    """Follows the fine-tuning: tells its progress, keeps the best epoch's weights, ends it when none gets better."""

    def __init__(
        self, settings: TrainSettings, network: Network, validation: Validation, steps: int, on_progress: OnProgress
    ) -> None:
        self.history = History()
        self.best = network.get_weights()
        self._settings = settings
        self._network = network
        self._validation = validation
        self._steps = steps
        self._on_progress = on_progress

    def callback(self) -> KerasObject:
        import keras  # noqa: PLC0415

        return keras.callbacks.LambdaCallback(on_train_batch_end=self._after_batch, on_epoch_end=self._after_epoch)

    def _after_batch(self, batch: int, logs: dict[str, float]) -> None:
        ended, epochs = len(self.history.train_loss), self._settings.epochs
        done, total = ended * self._steps + batch + 1, epochs * self._steps
        loss = float(logs["loss"])
        self._on_progress(TrainProgress("fine-tuning", done, total, self.history.newest, ended + 1, epochs, loss))

    def _after_epoch(self, epoch: int, logs: dict[str, float]) -> None:
        self.history.train_loss.append(float(logs["loss"]))
        self.history.train_accuracy.append(float(logs["accuracy"]))
        self.history.learning_rate.append(float(self._network.optimizer.learning_rate))
        self._validation.measure(self._network, self.history)
        if self.history.best_epoch == epoch:
            self.best = self._network.get_weights()
        self._network.stop_training = epoch - self.history.best_epoch >= self._settings.patience


def _prefetched(batches: Batches, settings: TrainSettings) -> KerasObject:
    import tensorflow as tf  # noqa: PLC0415

    pictures = (settings.batch, settings.size, settings.size, 3)
    signature = (
        tf.TensorSpec(pictures, tf.float32),
        tf.TensorSpec((settings.batch, len(settings.classes)), tf.float32),
    )
    # Prefetching augments the next batches in a thread of its own while the network learns.
    return tf.data.Dataset.from_generator(lambda: batches, output_signature=signature).prefetch(4)


def _optimizer(settings: TrainSettings, steps: int) -> KerasObject:
    """Adam whose rate rises for an epoch and then falls along a cosine."""
    import keras  # noqa: PLC0415

    total, peak = settings.epochs * steps, settings.learning_rate
    warm_up = min(steps, total - 1)
    schedule = keras.optimizers.schedules.CosineDecay(
        peak / 10, max(total - warm_up, 1), 0.01, warmup_target=peak, warmup_steps=warm_up
    )
    return keras.optimizers.Adam(schedule)


def _loss() -> KerasObject:
    import keras  # noqa: PLC0415

    return keras.losses.CategoricalCrossentropy(label_smoothing=LABEL_SMOOTHING)
