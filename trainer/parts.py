"""From folders to what a training works on: cut faces in three parts that share no near-duplicate."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from shared.model_registry import Answer
from trainer.answers import answer_for
from trainer.batches import Pictures
from trainer.clusters import near_duplicates
from trainer.crops import Crop, Dropped, cut_all
from trainer.cutters import reading, surroundings_cutter
from trainer.data_set import Face, refuse_unless_both_labels
from trainer.duplicates import unlike, without_duplicates
from trainer.settings import IncorrectMasks, OnProgress, TrainSettings
from trainer.sources import Sources, find_sources
from trainer.split import Split, split_by_cluster


@dataclass(frozen=True)
class Parts:
    """Who trains, validates and tests, what was left aside, and what the training pictures hash to."""

    split: Split[Crop]  # crops with surroundings
    found: int  # faces, before any was dropped
    dropped: list[Dropped]
    other_source: list[Face]  # boxes/test: measured once, at the end
    fingerprint: str

    def pictures(self, crops: list[Crop], settings: TrainSettings, incorrect: IncorrectMasks) -> Pictures:
        """Crops as the network learns them, those that teach its classes nothing left out."""
        answers = [answer_for(crop.face.label, settings.classes, incorrect) for crop in crops]
        kept = [(crop, answer) for crop, answer in zip(crops, answers, strict=True) if answer is not None]
        groups = [f"{crop.face.source}/{crop.face.label}" for crop, _ in kept]
        labels = np.array([answer for _, answer in kept])
        return Pictures(np.stack([crop.pixels for crop, _ in kept]), labels, groups, len(settings.classes))


def load_parts(settings: TrainSettings, on_progress: OnProgress) -> Parts:
    """Read, cut and split everything.

    Raises:
        TrainingRefused: there are too few pictures, or a folder or file is not what it should be.
    """
    sources = find_sources(settings, on_progress)
    to_learn, to_measure = sources.labelled + sources.boxed, sources.holdout + sources.other
    tell = reading(len(to_learn) + len(to_measure), on_progress)
    cutter = surroundings_cutter(settings)
    crops, unusable = cut_all(to_learn, cutter, tell)
    measuring, unmeasured = cut_all(to_measure, cutter, lambda done: tell(len(to_learn) + done))
    crops, equal = without_duplicates(crops)
    crops, twins = _clustered(crops, measuring)
    holdout = {id(face) for face in sources.holdout}
    split = _split(crops, [crop for crop in measuring if id(crop.face) in holdout], sources, settings)
    _refuse_empty_parts(split, len(crops))
    return Parts(
        split=split,
        found=len(to_learn) + len(sources.holdout),
        dropped=[*unusable, *equal, *twins, *(each for each in unmeasured if sources.holdout)],
        other_source=sources.other,
        fingerprint=_fingerprint(split.train),
    )


def counts(crops: list[Crop]) -> Counter[str]:
    """How many faces there are of each source and label."""
    return Counter(f"{crop.face.source}/{crop.face.label}" for crop in crops)


def taught(classes: tuple[Answer, ...], crops: list[Crop]) -> tuple[Answer, ...]:
    """The classes of which there is an example; the two labels always have some."""
    labels = {crop.face.label for crop in crops}
    return tuple(each for each in classes if each in labels)


def _clustered(crops: list[Crop], measuring: Sequence[Crop]) -> tuple[list[Crop], list[Dropped]]:
    """The crops, each with its cluster's name, without those that look like one that only measures."""
    everyone = [*crops, *measuring]
    numbers = near_duplicates([crop.pixels for crop in everyone], [crop.face.cluster for crop in everyone])
    named = [
        replace(crop, face=replace(crop.face, cluster=_name(crops[number].face)))
        for crop, number in zip(crops, numbers[: len(crops)], strict=True)
    ]
    return unlike(named, numbers[: len(crops)], set(numbers[len(crops) :]))


def _name(first: Face) -> str:
    return first.cluster or f"like {first.source}/{first.label}/{first.file.name}"


def _split(crops: list[Crop], holdout: list[Crop], sources: Sources, settings: TrainSettings) -> Split[Crop]:
    """Photographs and corrections only train and validate; a holdout that is given is the whole test part."""
    untested = {face.source for face in (sources.labelled if holdout else [])} | {face.source for face in sources.boxed}
    split = split_by_cluster(crops, settings.split_seed, frozenset(untested))
    return Split(split.train, split.validation, holdout or split.test)


def _refuse_empty_parts(split: Split[Crop], usable: int) -> None:
    for name, part in (("training", split.train), ("validation", split.validation), ("test", split.test)):
        refuse_unless_both_labels([crop.face for crop in part], f"the {name} part ({usable} usable pictures in all)")


def _fingerprint(crops: list[Crop]) -> str:
    digests = sorted(hashlib.sha256(f"{crop.face.label}:".encode() + crop.pixels.tobytes()).digest() for crop in crops)
    return hashlib.sha256(b"".join(digests)).hexdigest()
