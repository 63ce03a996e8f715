"""From folders to the three parts, with the pictures really cut."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from shared.messages import Label
from shared.model_registry import BACKGROUND, Answer
from tests.trainer.drawn import draw_data, draw_face
from trainer.crops import Crop
from trainer.labels import LABELS
from trainer.parts import Parts, load_parts
from trainer.settings import IncorrectMasks, TrainingRefused, TrainSettings


def settings_for(
    *data: Path, boxes: Path | None = None, holdout: Path | None = None, classes: tuple[Answer, ...] = LABELS
) -> TrainSettings:
    return TrainSettings(
        data=data, registry=str(data[0] / "models"), boxes=boxes, holdout=holdout, classes=classes, size=32
    )


def load(settings: TrainSettings) -> Parts:
    return load_parts(settings, lambda _: None)


def loaded(*data: Path, boxes: Path | None = None) -> Parts:
    return load(settings_for(*data, boxes=boxes))


def parts(found: Parts) -> tuple[list[Crop], list[Crop], list[Crop]]:
    return found.split.train, found.split.validation, found.split.test


def draw_photographs(folder: Path, number: int, seed: int = 9) -> Path:
    """A boxes folder: each photograph shows a masked, a bare and an incorrectly masked face of 50 x 60 pixels."""
    (folder / "images").mkdir(parents=True)
    random = np.random.default_rng(seed)
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
    draw_photographs(tmp_path / "boxes" / "test", 4, seed=10)
    found = loaded(draw_data(tmp_path / "data", 20), boxes=tmp_path / "boxes")
    boxed = [{crop.face.file for crop in part if crop.face.source == "boxes"} for part in parts(found)]
    assert boxed[0]
    assert boxed[1]
    assert not boxed[2]
    assert not boxed[0] & boxed[1]
    assert {face.file.parents[1].name for face in found.other_source} == {"test"}


@pytest.mark.parametrize(
    ("classes", "incorrect", "answers"),
    [
        (LABELS, "without_mask", {1}),
        (LABELS, "leave_out", set()),
        ((*LABELS, Label.INCORRECT_MASK), "without_mask", {2}),
    ],
)
def test_masks_worn_incorrectly_are_learnt_as_none_or_left_out_or_have_a_class(
    tmp_path: Path, classes: tuple[Answer, ...], incorrect: IncorrectMasks, answers: set[int]
) -> None:
    settings = settings_for(
        draw_data(tmp_path / "data", 20), boxes=draw_photographs(tmp_path / "boxes", 10), classes=classes
    )
    found = load(settings)
    learnt = found.pictures(found.split.train, settings, incorrect)
    given = zip(learnt.labels, learnt.groups, strict=True)
    assert {label for label, group in given if "incorrect" in group} == answers


def test_backgrounds_are_mined_where_they_are_a_class_and_touch_no_face(tmp_path: Path) -> None:
    boxes = draw_photographs(tmp_path / "boxes", 10)
    for path in (boxes / "images").iterdir():
        picture = cv2.imread(str(path))
        assert picture is not None
        cv2.imwrite(str(path), np.pad(picture, ((0, 90), (0, 0), (0, 0)), mode="reflect"))
    found = load(settings_for(draw_data(tmp_path / "data", 20), boxes=boxes, classes=(*LABELS, BACKGROUND)))
    mined = [crop.face for part in parts(found) for crop in part if crop.face.label == "background"]
    assert mined
    assert all(face.box is not None and face.box[1] >= 62 for face in mined)


def test_a_holdout_that_is_given_is_the_whole_test_part_and_its_twins_do_not_train(tmp_path: Path) -> None:
    data = draw_data(tmp_path / "data", 20)
    holdout = draw_data(tmp_path / "holdout", 6, seed=8)
    twin = data / "with_mask" / "twin.png"
    twin.write_bytes(next((holdout / "with_mask").iterdir()).read_bytes())
    found = load(settings_for(data, holdout=holdout))
    assert {crop.face.file.parents[1] for crop in found.split.test} == {holdout}
    assert len(found.split.test) == 12
    assert [(each.file, each.reason) for each in found.dropped] == [
        (twin, "near-duplicate of a picture that only measures")
    ]


def test_a_picture_that_is_there_twice_trains_once_and_one_with_two_labels_not_at_all(tmp_path: Path) -> None:
    data = draw_data(tmp_path / "data", 20)
    masked = sorted((data / "with_mask").iterdir())
    (data / "with_mask" / "z-copy.png").write_bytes(masked[0].read_bytes())
    (data / "without_mask" / "z-wrong.png").write_bytes(masked[1].read_bytes())
    reasons = {each.file.name: each.reason for each in loaded(data).dropped}
    assert reasons == {
        "z-copy.png": "duplicate",
        "z-wrong.png": "the same face is labelled in two ways",
        masked[1].name: "the same face is labelled in two ways",
    }


def test_the_fingerprint_changes_with_the_pictures_alone(tmp_path: Path) -> None:
    first = loaded(draw_data(tmp_path / "a" / "data", 20)).fingerprint
    assert loaded(draw_data(tmp_path / "b" / "data", 20)).fingerprint == first
    assert loaded(draw_data(tmp_path / "c" / "data", 20, seed=6)).fingerprint != first


def test_a_boxes_folder_without_boxes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingRefused, match=r"there is no boxes\.json"):
        loaded(draw_data(tmp_path / "data", 20), boxes=tmp_path)
