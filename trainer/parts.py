"""From folders to what a training works on: cut faces in three parts that share no near-duplicate."""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from shared.messages import Label
from trainer.augmentation import SURROUNDINGS
from trainer.batches import Pictures
from trainer.clusters import near_duplicates
from trainer.crops import Crop, Cutter, Dropped, cut_all
from trainer.data_set import BOXES_FILE, LABELS, Face, boxed_faces, labelled_faces, refuse_unless_both_labels
from trainer.settings import OnProgress, TrainingRefused, TrainProgress, TrainSettings
from trainer.split import Split, split_by_cluster
from trainer.teacher import Teacher


@dataclass(frozen=True)
class Parts:
    """Who trains, validates and tests, what was left aside, and what the training pictures hash to."""

    split: Split[Crop]  # crops with surroundings
    dropped: list[Dropped]
    other_source: list[Face]  # boxes/test: measured once, at the end
    fingerprint: str

    def pictures(self, crops: list[Crop], incorrect: bool) -> Pictures:
        """Crops as the network learns them; masks worn incorrectly count as none, or are left out."""
        kept = [crop for crop in crops if incorrect or crop.face.label != Label.INCORRECT_MASK]
        labels = [int(crop.face.label != LABELS[0]) for crop in kept]
        groups = [f"{crop.face.source}/{crop.face.label}" for crop in kept]
        return Pictures(np.stack([crop.pixels for crop in kept]), np.array(labels), groups)


def load_parts(settings: TrainSettings, on_progress: OnProgress) -> Parts:
    """Read, cut and split everything.

    Raises:
        TrainingRefused: there are too few pictures, or a folder or file is not what it should be.
    """
    # Said at once, not after minutes of reading.
    if settings.weights is not None and not settings.weights.is_file():
        raise TrainingRefused(f"there are no weights {settings.weights}")
    faces = [face for folder in settings.data for face in labelled_faces(folder)]
    refuse_unless_both_labels(faces, "the data folders")
    train_boxes, test_boxes = _boxes_folders(settings.boxes)
    boxed = boxed_faces(train_boxes) if train_boxes else []
    cutter = surroundings_cutter(settings)
    crops, dropped = cut_all(faces + boxed, cutter, reading(len(faces) + len(boxed), on_progress))
    split = _split(_clustered(crops), settings.seed)
    for name, part in (("training", split.train), ("validation", split.validation), ("test", split.test)):
        refuse_unless_both_labels(
            [crop.face for crop in part], f"the {name} part ({len(crops)} usable pictures in all)"
        )
    other = boxed_faces(test_boxes) if test_boxes else []
    return Parts(split, dropped, other, _fingerprint(split.train))


def surroundings_cutter(settings: TrainSettings) -> Cutter:
    """Cuts crops with the surroundings that augmentation needs."""
    margin = ((1 + 2 * settings.crop_margin) * SURROUNDINGS - 1) / 2
    return Cutter(_teacher(settings), margin, round(settings.size * SURROUNDINGS))


def exact_cutter(settings: TrainSettings) -> Cutter:
    """Cuts crops as a worker does, for measuring."""
    return Cutter(_teacher(settings), settings.crop_margin, settings.size)


def reading(total: int, on_progress: OnProgress, phase: str = "reading pictures") -> Callable[[int], None]:
    """Tells about every hundredth picture."""

    def tell(done: int) -> None:
        if done % 100 == 0 or done == total:
            on_progress(TrainProgress(phase, done, total))

    return tell


def counts(crops: list[Crop]) -> Counter[str]:
    """How many faces there are of each source and label."""
    return Counter(f"{crop.face.source}/{crop.face.label}" for crop in crops)


def _teacher(settings: TrainSettings) -> Teacher | None:
    return None if settings.teacher is None else Teacher(settings.teacher)


def _boxes_folders(folder: Path | None) -> tuple[Path | None, Path | None]:
    """The photographs that train and those that are only measured."""
    if folder is None:
        return None, None
    if (folder / BOXES_FILE).is_file():
        return folder, None
    train, test = folder / "train", folder / "test"
    if not (train / BOXES_FILE).is_file():
        raise TrainingRefused(f"there is no {BOXES_FILE} in {folder} or {train}")
    return train, test if (test / BOXES_FILE).is_file() else None


def _clustered(crops: list[Crop]) -> list[Crop]:
    """The crops, those without a cluster with one that is computed from their pixels."""
    unknown = [index for index, crop in enumerate(crops) if not crop.face.cluster]
    found = near_duplicates([crops[index].pixels for index in unknown])
    clustered = list(crops)
    for index, number in zip(unknown, found, strict=True):
        first = crops[unknown[number]]
        name = f"like {first.face.source}/{first.face.label}/{first.face.file.name}"
        clustered[index] = replace(crops[index], face=replace(crops[index].face, cluster=name))
    return clustered


def _split(crops: list[Crop], seed: int) -> Split[Crop]:
    """Data folders in three parts; photographs with boxes only train and validate, boxes/test is their test."""
    labelled = split_by_cluster([crop for crop in crops if crop.face.box is None], seed)
    boxed = split_by_cluster([crop for crop in crops if crop.face.box is not None], seed, test_share=0)
    return Split(labelled.train + boxed.train, labelled.validation + boxed.validation, labelled.test)


def _fingerprint(crops: list[Crop]) -> str:
    digests = sorted(hashlib.sha256(f"{crop.face.label}:".encode() + crop.pixels.tobytes()).digest() for crop in crops)
    return hashlib.sha256(b"".join(digests)).hexdigest()
