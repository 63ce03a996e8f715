"""What the network is fed while it learns: augmented pictures in batches without end."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.augmentation import Augmenter
from trainer.labels import LABELS
from trainer.network import PIXEL_OFFSET, PIXEL_SCALE

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Pictures:
    """One part's crops with surroundings [n, s, s, 3] uint8, their label numbers [n] and their groups.

    A group is a source and label, as given: incorrectly worn masks are a group of their own.
    """

    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64]
    groups: list[str]
    classes: int = 2


def drawn(train: Pictures, augmenter: Augmenter, batch: int, seed: int) -> Iterator[tuple[Floats, Floats]]:
    """Batches without end: pictures [batch, size, size, 3] in -1..1 and one-hot labels [batch, classes]."""
    random = np.random.default_rng(seed)
    weights = sampling_weights(train.groups, train.labels)
    answers = np.eye(train.classes, dtype=np.float32)[train.labels]
    while True:
        chosen = random.choice(len(weights), batch, p=weights)
        variants = np.stack([augmenter.variant(train.pixels[index]) for index in chosen])
        yield normalised(variants), answers[chosen]


def normalised(pixels: NDArray[np.uint8]) -> Floats:
    """Pictures as the network takes them."""
    return pixels.astype(np.float32) * np.float32(PIXEL_SCALE) + np.float32(PIXEL_OFFSET)


def sampling_weights(groups: list[str], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """How often each picture is drawn: both labels equally, and small groups more often than their share.

    What is rarer than the two labels (masks worn incorrectly, background) is drawn in proportion to
    the square root of its number: drawn as often as they are, a few dozen faces would be learnt by
    heart, and called where they are not. A group's share within its label grows with the square
    root of its size too: the few unmasked faces of real scenes are seen more often.
    """
    _, numbers, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    weights = 1 / np.sqrt(sizes[numbers])
    usual = np.mean([np.sum(labels == number) for number in range(len(LABELS))])
    for label in np.unique(labels):
        share = 1.0 if label < len(LABELS) else min(np.sqrt(np.sum(labels == label) / usual), 1.0)
        weights[labels == label] *= share / weights[labels == label].sum()
    return np.asarray(weights / weights.sum(), np.float64)
