"""Near-duplicate pictures share a cluster, so that a split cannot put one to train and its twin to test."""

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.crops import Pixels

HASH_SIDE = 16
# Of the hash's 256 bits. Re-encoded, re-scaled and slightly cropped copies differ by less, two faces by more.
MAX_DISTANCE = 26


def difference_hash(pixels: Pixels) -> NDArray[np.uint64]:
    """256 bits, each whether a cell of the shrunk grey picture is brighter than its left neighbour: four words."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (HASH_SIDE + 1, HASH_SIDE), interpolation=cv2.INTER_AREA)
    bits = small[:, 1:] > small[:, :-1]
    return np.packbits(bits).view(np.uint64)


def near_duplicates(pictures: list[Pixels]) -> list[int]:
    """For each picture the number of its cluster: the index of the cluster's first picture."""
    parents = list(range(len(pictures)))
    hashes = np.array([difference_hash(each) for each in pictures], np.uint64).reshape(-1, 4)
    for index in range(1, len(pictures)):
        distances = np.bitwise_count(hashes[:index] ^ hashes[index]).sum(axis=1)
        for twin in np.flatnonzero(distances <= MAX_DISTANCE):
            _join(parents, int(twin), index)
    return [_root(parents, index) for index in range(len(pictures))]


def _root(parents: list[int], index: int) -> int:
    while parents[index] != index:
        parents[index] = parents[parents[index]]
        index = parents[index]
    return index


def _join(parents: list[int], one: int, other: int) -> None:
    first, second = sorted((_root(parents, one), _root(parents, other)))
    parents[second] = first
