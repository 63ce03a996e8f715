"""Who trains, who validates, who tests: whole clusters, in the same shares for every source and label."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from trainer.data_set import Face

VALIDATION_SHARE = 0.15
TEST_SHARE = 0.15


class _HasFace(Protocol):
    @property
    def face(self) -> Face: ...


Item = TypeVar("Item", bound=_HasFace)


@dataclass(frozen=True)
class Split(Generic[Item]):
    """The three parts; no cluster is in two of them."""

    train: list[Item]
    validation: list[Item]
    test: list[Item]


def split_by_cluster(items: Sequence[Item], seed: int, test_share: float = TEST_SHARE) -> Split[Item]:
    """Put about ``test_share`` and ``VALIDATION_SHARE`` of each source and label aside, the rest trains.

    A cluster that spans sources or labels counts for that of its first face. Clusters are taken
    in an order that depends on their names and the seed alone, so that most keep their part when
    pictures are added.
    """
    clusters: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        clusters[item.face.cluster].append(item)
    strata: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, members in clusters.items():
        strata[members[0].face.source, members[0].face.label].append(name)
    split: Split[Item] = Split([], [], [])
    for names in strata.values():
        _deal([clusters[name] for name in _shuffled(names, seed)], test_share, split)
    return split


def _deal(clusters: list[list[Item]], test_share: float, split: Split[Item]) -> None:
    total = sum(map(len, clusters))
    dealt = 0
    for cluster in clusters:
        if dealt < test_share * total:
            split.test.extend(cluster)
        elif dealt < (test_share + VALIDATION_SHARE) * total:
            split.validation.extend(cluster)
        else:
            split.train.extend(cluster)
        dealt += len(cluster)


def _shuffled(names: list[str], seed: int) -> list[str]:
    return sorted(names, key=lambda name: hashlib.sha256(f"{seed}:{name}".encode()).digest())
