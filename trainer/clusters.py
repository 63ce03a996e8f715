"""Near-duplicate pictures share a cluster, so that a split cannot put one to train and its twin to test."""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.crops import Pixels

SIDE = 16
# Of the edges' correlation. Measured on 6,096 faces whose near-duplicates are known: pairs above it are nine
# times in ten known ones or the same photograph with and without a painted mask, and no cluster exceeds ten.
# (A difference hash that finds as many chains 337 different faces together.)
MIN_LIKENESS = 0.85
ROWS_A_STEP = 512


def near_duplicates(pictures: Sequence[Pixels], given: Sequence[str] = ()) -> list[int]:
    """For each picture the number of its cluster: the index of the cluster's first picture.

    Pictures of which ``given`` names the same cluster (not "") belong together too.
    """
    parents = list(range(len(pictures)))
    for first, second in _alike(np.array([edges(each) for each in pictures], np.float32)):
        _join(parents, first, second)
    firsts: dict[str, int] = {}
    for index, name in enumerate(given):
        if name:
            _join(parents, firsts.setdefault(name, index), index)
    return [_root(parents, index) for index in range(len(pictures))]


def edges(picture: Pixels) -> NDArray[np.float32]:
    """What a picture shows at a glance: its edges at ``SIDE`` pixels, as a vector of length 1 (0 if it is blank)."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    found = np.stack([np.diff(small, axis=1)[:-1], np.diff(small, axis=0)[:, :-1]]).ravel()
    found -= found.mean()
    return np.asarray(found / max(float(np.linalg.norm(found)), 1e-6), np.float32)


def _alike(vectors: NDArray[np.float32]) -> Iterator[tuple[int, int]]:
    for start in range(0, len(vectors), ROWS_A_STEP):
        likeness = vectors[start : start + ROWS_A_STEP] @ vectors.T
        for row, column in np.argwhere(likeness >= MIN_LIKENESS):
            if start + row < column:
                yield int(start + row), int(column)


def _root(parents: list[int], index: int) -> int:
    while parents[index] != index:
        parents[index] = parents[parents[index]]
        index = parents[index]
    return index


def _join(parents: list[int], one: int, other: int) -> None:
    first, second = sorted((_root(parents, one), _root(parents, other)))
    parents[second] = first
