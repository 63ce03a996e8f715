"""Who trains, who validates, who tests: whole clusters, in the same shares for every source and label."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from trainer.data_set import Face

VALIDATION_SHARE = 0.15
TEST_SHARE = 0.15
MANY_CLUSTERS = 200  # of one source and label: then chance alone gives each part nearly its share


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


def split_by_cluster(items: Sequence[Item], seed: int, untested: frozenset[str] = frozenset()) -> Split[Item]:
    """Put about ``TEST_SHARE`` and ``VALIDATION_SHARE`` of each source and label aside, the rest trains.

    A cluster that spans sources or labels counts for that of its first face; sources in
    ``untested`` give nothing to the test part. A cluster's place depends on its name and the seed
    alone where a source and label has many clusters, so that it never moves when pictures are
    added: two model versions can be compared on pictures that neither has learnt. Few clusters are
    dealt out in that order, so that each part gets some.
    """
    clusters: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        clusters[item.face.cluster].append(item)
    strata: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, members in clusters.items():
        strata[members[0].face.source, members[0].face.label].append(name)
    split: Split[Item] = Split([], [], [])
    for (source, _), names in strata.items():
        ranked = sorted((_place(name, seed), name) for name in names)
        if len(names) < MANY_CLUSTERS:
            ranked = _dealt([(len(clusters[name]), name) for _, name in ranked])
        test_share = 0 if source in untested else TEST_SHARE
        for place, name in ranked:
            _part(split, place, test_share).extend(clusters[name])
    return split


def _part(split: Split[Item], place: float, test_share: float) -> list[Item]:
    if place < test_share:
        return split.test
    return split.validation if place < test_share + VALIDATION_SHARE else split.train


def _dealt(clusters: list[tuple[int, str]]) -> list[tuple[float, str]]:
    """Each cluster's place as the share of faces before it."""
    total = sum(faces for faces, _ in clusters)
    before = 0
    places = []
    for faces, name in clusters:
        places.append((before / total, name))
        before += faces
    return places


def _place(name: str, seed: int) -> float:
    """A number in 0..1 that a cluster's name is given for good."""
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64
