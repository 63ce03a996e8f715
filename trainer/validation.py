"""Measures a network between the epochs of its training, to know which epoch to keep."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from trainer.augmentation import centres, seen_small
from trainer.batches import Pictures, normalised
from trainer.network import Network

SMALL_SIDE_PX = 28  # validation sees each face at its own size and as small as on a distant camera
PICTURES_A_CALL = 256


@dataclass
class History:
    """One entry an epoch: of the head's training, then of fine-tuning."""

    head_loss: list[float] = field(default_factory=list)
    head_accuracy: list[float] = field(default_factory=list)

    train_loss: list[float] = field(default_factory=list)
    train_accuracy: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    validation_accuracy: list[float] = field(default_factory=list)
    validation_balanced: list[float] = field(default_factory=list)
    learning_rate: list[float] = field(default_factory=list)

    @property
    def best_epoch(self) -> int:
        """The epoch, from 0, whose weights are kept."""
        return int(np.argmax(self.validation_balanced))

    @property
    def newest(self) -> str:
        """The last epoch's result in words."""
        if not self.validation_balanced:
            return ""
        return f"validation balanced accuracy {self.validation_balanced[-1]:.2%}"


class Validation:
    """The validation part, each face as it is and as a small one."""

    def __init__(self, pictures: Pictures, size: int) -> None:
        """Prepare the pictures once, for a network whose input is ``size`` pixels wide."""
        plain = centres(pictures.pixels, size)
        self._pixels = np.concatenate([plain, seen_small(plain, SMALL_SIDE_PX)])
        self._labels = np.tile(pictures.labels, 2)
        self._groups = np.tile(np.array(pictures.groups), 2)

    def measure(self, network: Network, history: History) -> None:
        """Append this epoch's loss, accuracy and balanced accuracy."""
        starts = range(0, len(self._pixels), PICTURES_A_CALL)
        batches = (normalised(self._pixels[at : at + PICTURES_A_CALL]) for at in starts)
        given = np.concatenate([network.predict_on_batch(batch) for batch in batches])
        right = given.argmax(axis=1) == self._labels
        chosen = given[np.arange(len(given)), self._labels]
        history.validation_loss.append(float(-np.log(np.maximum(chosen, 1e-7)).mean()))
        history.validation_accuracy.append(float(right.mean()))
        history.validation_balanced.append(self._balanced(right))

    def _balanced(self, right: NDArray[np.bool_]) -> float:
        """Accuracy in which the labels weigh the same, and within a label its sources."""
        per_label = []
        for label in np.unique(self._labels):
            groups = np.unique(self._groups[self._labels == label])
            per_label.append(np.mean([right[self._groups == group].mean() for group in groups]))
        return float(np.mean(per_label))
