"""From folders to the three parts, with the pictures really cut."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from shared.messages import Label
from tests.trainer.drawn import draw_data, draw_face
from trainer.crops import Crop
from trainer.parts import Parts, load_parts
from trainer.settings import TrainingRefused, TrainSettings


def loaded(*data: Path, boxes: Path | None = None) -> Parts:
    settings = TrainSettings(data=data, registry=data[0] / "models", boxes=boxes, size=32)
    return load_parts(settings, lambda _: None)


def parts(found: Parts) -> tuple[list[Crop], list[Crop], list[Crop]]:
    return found.split.train, found.split.validation, found.split.test


def draw_photographs(folder: Path, number: int) -> Path:
    """A boxes folder: each photograph shows a masked, a bare and an incorrectly masked face of 50 x 60 pixels."""
    (folder / "images").mkdir(parents=True)
    random = np.random.default_rng(9)
    boxes = [{"label": label, "box": [64 * at + 7, 2, 64 * at + 57, 62]} for at, label in enumerate(Label)]
    photographs = [{"image": f"images/{n}.png", "width": 192, "height": 64, "boxes": boxes} for n in range(number)]
    for photograph in photographs:
        faces = [draw_face(random, has_mask) for has_mask in (True, False, True)]
        cv2.imwrite(str(folder / str(photograph["image"])), np.hstack(faces))
    (folder / "boxes.json").write_text(json.dumps(photographs))
    return folder


def test_a_picture_and_its_compressed_copy_are_in_the_same_part(tmp_path: Path) -> None:
    data = draw_data(tmp_path / "data", per_label=20)
    for path in list(data.rglob("*.png")):
        picture = cv2.imread(str(path))
        assert picture is not None
        cv2.imwrite(str(path.with_name(f"{path.stem}-copy.jpg")), picture)
    for part in parts(loaded(data)):
        names = [f"{crop.face.label} {crop.face.file.stem.removesuffix('-copy')}" for crop in part]
        assert all(names.count(name) == 2 for name in names)


def test_two_data_folders_train_together(tmp_path: Path) -> None:
    found = loaded(draw_data(tmp_path / "gate", 20, seed=1), draw_data(tmp_path / "hall", 20, seed=2))
    for part in parts(found):
        assert {crop.face.source for crop in part} == {"gate", "hall"}


def test_photographs_with_boxes_train_and_validate_but_their_test_part_is_only_measured(tmp_path: Path) -> None:
    draw_photographs(tmp_path / "boxes" / "train", 10)
    draw_photographs(tmp_path / "boxes" / "test", 4)
    found = loaded(draw_data(tmp_path / "data", 20), boxes=tmp_path / "boxes")
    boxed = [{crop.face.file for crop in part if crop.face.source == "boxes"} for part in parts(found)]
    assert [len(files) for files in boxed] == [8, 2, 0]
    assert not boxed[0] & boxed[1]
    assert {face.file.parents[1].name for face in found.other_source} == {"test"}


def test_masks_worn_incorrectly_are_learnt_as_none_or_left_out(tmp_path: Path) -> None:
    boxes = draw_photographs(tmp_path / "boxes", 10)
    found = loaded(draw_data(tmp_path / "data", 20), boxes=boxes)
    learnt = found.pictures(found.split.train, incorrect=True)
    assert {label for label, group in zip(learnt.labels, learnt.groups, strict=True) if "incorrect" in group} == {1}
    assert not [group for group in found.pictures(found.split.train, incorrect=False).groups if "incorrect" in group]


def test_the_fingerprint_changes_with_the_pictures_alone(tmp_path: Path) -> None:
    first = loaded(draw_data(tmp_path / "a" / "data", 20)).fingerprint
    assert loaded(draw_data(tmp_path / "b" / "data", 20)).fingerprint == first
    assert loaded(draw_data(tmp_path / "c" / "data", 20, seed=6)).fingerprint != first


def test_a_boxes_folder_without_boxes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingRefused, match=r"there is no boxes\.json"):
        loaded(draw_data(tmp_path / "data", 20), boxes=tmp_path)
