"""Fitting the network for a span of time, from the newest checkpoint where there is one."""

import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from trainer.detector import network
from trainer.detector.batches import Batch
from trainer.detector.loss import loss
from trainer.detector.losses import LossLog, LossRow
from trainer.detector.network import Network, Precision
from trainer.detector.settings import DetectorSettings
from trainer.detector.work import CHECKPOINTS
from trainer.settings import OnProgress, TrainProgress

WARM_UP_STEPS = 300
AVERAGING = 0.999  # of the weights: the exported network is the mean of about the last 1,000 steps
CLIP_NORM = 10.0
# After this part of the time the rate rises again, to this share of its peak.
RESTART_AT, RESTART_PEAK = 0.81, 0.35
STEPS_A_REPORT = 50
STEPS_A_CHECKPOINT = 250
CPU_FLAGS = Path("/proc/cpuinfo")

Tensor = Any


class Fitting:
    """A network and what its optimiser remembers."""

    def __init__(self, settings: DetectorSettings) -> None:
        """Begin with random weights."""
        keras.utils.set_random_seed(settings.seed)
        self.precision = fast_precision()
        self.network = network.build(self.precision)
        self._optimizer = keras.optimizers.AdamW(
            settings.learning_rate,
            weight_decay=settings.weight_decay,
            global_clipnorm=CLIP_NORM,
            use_ema=True,
            ema_momentum=AVERAGING,
        )
        self._optimizer.build(self.network.trainable_variables)
        self._settings = settings
        self._spent_s = tf.Variable(0.0, trainable=False, dtype=tf.float64)
        self.steps = tf.Variable(0, trainable=False, dtype=tf.int64)
        kept = tf.train.Checkpoint(
            network=self.network, optimizer=self._optimizer, spent_s=self._spent_s, steps=self.steps
        )
        self._checkpoints = tf.train.CheckpointManager(kept, str(settings.work / CHECKPOINTS), max_to_keep=2)
        self.losses = LossLog(settings.work)

    @property
    def share_done(self) -> float:
        """The part of the time that is spent, 0 to 1."""
        return min(float(self._spent_s) / (self._settings.minutes * 60), 1.0)

    def resume(self) -> None:
        """Go on from the newest checkpoint, if there is one."""
        if self._checkpoints.latest_checkpoint:
            self._checkpoints.checkpoint.restore(self._checkpoints.latest_checkpoint).expect_partial()
        self.losses.keep_to(int(self.steps))

    def run(self, batches: Iterator[Batch], on_progress: OnProgress, until: float = 1.0) -> None:
        """Fit until that part of the time is spent; an interrupted fitting leaves a checkpoint."""
        total_s = self._settings.minutes * 60
        now_s = spent_s = float(self._spent_s)
        began, losses = time.monotonic(), []
        on_progress(TrainProgress("fitting", int(now_s), int(total_s)))
        try:
            while (now_s := spent_s + time.monotonic() - began) < total_s * until:
                losses.append(self.step(next(batches), self._rate(now_s / total_s)))
                if len(losses) == STEPS_A_REPORT:
                    self._tell(losses, now_s, on_progress)
                if int(self.steps) % STEPS_A_CHECKPOINT == 0:
                    self._save(now_s)
        except KeyboardInterrupt:
            self._save(now_s)
            raise
        if losses:
            self._tell(losses, min(now_s, total_s), on_progress)
        self._save(max(spent_s, total_s * until))

    def step(self, batch: Batch, learning_rate: float) -> Tensor:
        """Learn from one batch; its loss before that."""
        self._optimizer.learning_rate = learning_rate
        self.steps.assign_add(1)
        return self._teach(*map(tf.constant, batch))

    def present(self) -> Network:
        """A float32 network of the weights as they are: while the rate is high, better than averages."""
        present = network.build()
        present.set_weights(self.network.get_weights())
        return present

    def averaged(self) -> Network:
        """A float32 network of the averaged weights, the best at the end; fitting can go on."""
        own = self.network.get_weights()
        self._optimizer.finalize_variable_values(self.network.trainable_variables)
        averaged = self.present()
        self.network.set_weights(own)
        return averaged

    def _tell(self, losses: list[Tensor], now_s: float, on_progress: OnProgress) -> None:
        mean, total_s = float(tf.add_n(losses)) / len(losses), self._settings.minutes * 60
        losses.clear()
        self.losses.append(LossRow(int(self.steps), now_s, mean, self._rate(now_s / total_s)))
        on_progress(_progress(now_s, total_s, int(self.steps), mean))

    def _save(self, spent_s: float) -> None:
        self._spent_s.assign(spent_s)
        self._checkpoints.save()

    def _rate(self, progress: float) -> float:
        """A short rise, then half a cosine down to a hundredth, and a lower one after ``RESTART_AT``."""
        peak, begin, end = (1.0, 0.0, RESTART_AT) if progress < RESTART_AT else (RESTART_PEAK, RESTART_AT, 1.0)
        warm = min(1.0, (int(self.steps) + 1) / WARM_UP_STEPS)
        turn = math.pi * min((progress - begin) / (end - begin), 1.0)
        return self._settings.learning_rate * peak * warm * (0.01 + 0.99 * (1 + math.cos(turn)) / 2)

    @tf.function  # type: ignore[untyped-decorator]
    def _teach(self, pictures: Tensor, targets: Tensor) -> Tensor:
        inputs = tf.cast(pictures, tf.float32) * network.PIXEL_SCALE + network.PIXEL_OFFSET
        variables = self.network.trainable_variables
        with tf.GradientTape() as tape:
            found = loss(*network.decoded(self.network(inputs, training=True)), targets)
        self._optimizer.apply_gradients(zip(tape.gradient(found, variables), variables, strict=True))
        return found


def fast_precision() -> Precision:
    """Half-long numbers where the machine computes faster with them: half as long again for float32, measured."""
    has_gpu = bool(tf.config.list_physical_devices("GPU"))
    is_fast = has_gpu or (CPU_FLAGS.is_file() and "amx_bf16" in CPU_FLAGS.read_text(encoding="utf-8"))
    return "mixed_bfloat16" if is_fast else "float32"


def _progress(now_s: float, total_s: float, steps: int, mean: float) -> TrainProgress:
    return TrainProgress("fitting", int(now_s), int(total_s), f"step {steps}, loss {mean:.3f}", loss=mean)
