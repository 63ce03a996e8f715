"""Which faces a training is given: data folders, photographs with boxes, corrections, and what only measures."""

from dataclasses import dataclass
from pathlib import Path

from shared.model_registry import BACKGROUND
from trainer.backgrounds import mine
from trainer.corrections import corrected_faces
from trainer.cutters import reading, teacher_of
from trainer.data_set import BOXES_FILE, Face, boxed_faces, labelled_faces, refuse_unless_both_labels
from trainer.settings import OnProgress, TrainingRefused, TrainSettings


@dataclass(frozen=True)
class Sources:
    """Faces by what they are for."""

    labelled: list[Face]  # of the data folders: in all three parts, unless a holdout is given
    boxed: list[Face]  # of photographs, and corrections: they train and validate
    holdout: list[Face]  # given apart, in place of a part of the data folders
    other: list[Face]  # boxes/test: measured once, at the end


def find_sources(settings: TrainSettings, on_progress: OnProgress) -> Sources:
    """Everything the settings name.

    Raises:
        TrainingRefused: a folder or file is not what it should be, or a label is missing.
    """
    labelled = [face for folder in settings.data for face in labelled_faces(folder)]
    refuse_unless_both_labels(labelled, "the data folders")
    holdout = labelled_faces(settings.holdout) if settings.holdout else []
    train_boxes, test_boxes = _boxes_folders(settings.boxes)
    boxed = boxed_faces(train_boxes) if train_boxes else []
    if BACKGROUND in settings.classes and boxed:
        photographs = len({face.file for face in boxed})
        boxed = boxed + mine(boxed, teacher_of(settings), reading(photographs, on_progress, "looking for backgrounds"))
    corrected = corrected_faces(settings.corrections) if settings.corrections else []
    return Sources(labelled, boxed + corrected, holdout, boxed_faces(test_boxes) if test_boxes else [])


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
