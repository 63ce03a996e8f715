"""Crops that would be learnt or measured twice."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence

from trainer.crops import Crop, Dropped


def without_duplicates(crops: Sequence[Crop]) -> tuple[list[Crop], list[Dropped]]:
    """The first of each set of equal crops; none of a set that is labelled in two ways."""
    equal: dict[bytes, list[Crop]] = defaultdict(list)
    for crop in crops:
        equal[hashlib.sha256(crop.pixels.tobytes()).digest()].append(crop)
    kept: list[Crop] = []
    dropped: list[Dropped] = []
    for members in equal.values():
        if len({crop.face.label for crop in members}) > 1:
            dropped += [Dropped(crop.face.file, "the same face is labelled in two ways") for crop in members]
        else:
            kept.append(members[0])
            dropped += [Dropped(crop.face.file, "duplicate") for crop in members[1:]]
    return kept, dropped


def unlike(crops: Sequence[Crop], clusters: Sequence[int], guarded: set[int]) -> tuple[list[Crop], list[Dropped]]:
    """The crops whose cluster is not among the ``guarded``: those of pictures that are only to measure."""
    kept = [crop for crop, cluster in zip(crops, clusters, strict=True) if cluster not in guarded]
    twins = [crop for crop, cluster in zip(crops, clusters, strict=True) if cluster in guarded]
    return kept, [Dropped(crop.face.file, "near-duplicate of a picture that only measures") for crop in twins]
