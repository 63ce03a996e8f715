"""What is found in folders, manifests and photographs, and what is refused."""

import json
from pathlib import Path

import pytest

from shared.messages import Label
from tests.trainer.drawn import draw_data
from trainer.data_set import boxed_faces, labelled_faces, refuse_unless_both_labels
from trainer.settings import TrainingRefused


def test_pictures_lie_in_folders_named_after_their_label(tmp_path: Path) -> None:
    faces = labelled_faces(draw_data(tmp_path / "gate", per_label=2))
    assert [(face.source, face.label, face.file.name) for face in faces] == [
        ("gate", Label.WITH_MASK, "000.png"),
        ("gate", Label.WITH_MASK, "001.png"),
        ("gate", Label.WITHOUT_MASK, "000.png"),
        ("gate", Label.WITHOUT_MASK, "001.png"),
    ]


def test_a_folder_above_the_labels_names_the_source(tmp_path: Path) -> None:
    draw_data(tmp_path / "gate", per_label=1)
    draw_data(tmp_path / "hall", per_label=1)
    assert {face.source for face in labelled_faces(tmp_path)} == {"gate", "hall"}


def test_a_manifest_states_source_and_cluster(tmp_path: Path) -> None:
    (tmp_path / "manifest.csv").write_text("file,source,label,cluster\na/1.jpg,gate,with_mask,7\n")
    (face,) = labelled_faces(tmp_path)
    assert (face.file, face.source, face.label, face.cluster) == (tmp_path / "a/1.jpg", "gate", Label.WITH_MASK, "7")


def test_each_box_is_a_face_and_a_photograph_is_a_cluster(tmp_path: Path) -> None:
    boxes = [{"label": "with_mask", "box": [1, 2, 30, 40]}, {"label": "incorrect_mask", "box": [50, 2, 80, 40]}]
    (tmp_path / "boxes.json").write_text(json.dumps([{"image": "images/a.jpg", "boxes": boxes}]))
    faces = boxed_faces(tmp_path)
    assert [face.label for face in faces] == [Label.WITH_MASK, Label.INCORRECT_MASK]
    assert len({face.cluster for face in faces}) == 1


@pytest.mark.parametrize(
    ("manifest", "complaint"),
    [
        ("file,source\na.jpg,gate\n", "has no column label"),
        ("file,label\na.jpg,mask\n", "line 2: 'mask' is no label"),
        ("file,label\n", "no picture in"),
    ],
)
def test_a_wrong_manifest_is_refused_in_one_line(tmp_path: Path, manifest: str, complaint: str) -> None:
    (tmp_path / "manifest.csv").write_text(manifest)
    with pytest.raises(TrainingRefused, match=complaint) as refusal:
        labelled_faces(tmp_path)
    assert "\n" not in str(refusal.value)


def test_a_missing_and_an_empty_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingRefused, match="there is no data folder"):
        labelled_faces(tmp_path / "nowhere")
    with pytest.raises(TrainingRefused, match="no picture in"):
        labelled_faces(tmp_path)


@pytest.mark.parametrize(
    "content", ["no json", '[{"image": "a.jpg"}]', '[{"image": "a.jpg", "boxes": [{"label": "x"}]}]']
)
def test_a_wrong_boxes_file_is_refused_in_one_line(tmp_path: Path, content: str) -> None:
    (tmp_path / "boxes.json").write_text(content)
    with pytest.raises(TrainingRefused, match="is not a list of photographs") as refusal:
        boxed_faces(tmp_path)
    assert "\n" not in str(refusal.value)


def test_one_label_alone_is_refused(tmp_path: Path) -> None:
    faces = [face for face in labelled_faces(draw_data(tmp_path / "gate", 3)) if face.label == Label.WITH_MASK]
    with pytest.raises(TrainingRefused, match="no usable picture of without_mask"):
        refuse_unless_both_labels(faces, "the data folders")
