import json
from pathlib import Path

import pytest

from shared.messages import Label
from shared.model_registry import ModelRegistry
from tests.worker.drawn import a_scene
from tests.worker.test_classifier import change_manifest
from worker.annotation import write_picture
from worker.classifier import Classifier, load_classifier
from worker.detectors import Picture
from worker.evaluation import evaluate_boxes, evaluate_faces
from worker.labelled_data import UnusableData
from worker.offline import read_picture
from worker.pipeline import Pipeline


def faces_folder(folder: Path, classifier: Classifier) -> Path:
    """Four pictures of a face, of which three are filed under the label that the classifier gives them."""
    for number in range(4):
        picture = a_face(size=60 + 10 * number)
        given = classifier.classify([picture])[0].label
        other = next(label for label in (Label.WITH_MASK, Label.WITHOUT_MASK) if label != given)
        label = given if number else other
        write_picture(folder / ("north" if number < 2 else "south") / label / f"{number}.png", picture)
    return folder


def test_faces_are_scored_per_label_and_source(tmp_path: Path, classifier: Classifier) -> None:
    seen: list[tuple[int, int]] = []
    report = evaluate_faces(classifier, faces_folder(tmp_path, classifier), lambda *done: seen.append(done))
    assert (report.images, report.accuracy) == (4, 0.75)
    assert report.per_source == {"north": 0.5, "south": 1.0}
    assert report.balanced_accuracy == pytest.approx(sum(report.per_label.values()) / len(report.per_label))
    assert seen == [(4, 4)]
    assert json.loads(report.model_dump_json())["images"] == 4


def test_with_a_detector_a_face_in_a_wide_scene_is_judged_and_not_the_scene(
    tmp_path: Path, pipeline: Pipeline, classifier: Classifier
) -> None:
    write_picture(tmp_path / "without_mask" / "wide.png", a_scene((500, 300, 80)))
    assert evaluate_faces(classifier, tmp_path).accuracy == 0.0
    assert evaluate_faces(classifier, tmp_path, detector=pipeline.detector).accuracy == 1.0


def renamed(registry_root: Path, names: dict[str, str]) -> Classifier:
    """The shipped model with other names for its answers."""
    labels = load_classifier(ModelRegistry(registry_root)).manifest.labels
    change_manifest(registry_root, labels=[names.get(label, label) for label in labels])
    return load_classifier(ModelRegistry(registry_root))


def a_face(size: int = 90) -> Picture:
    """A bare face that fills its picture."""
    side = round(1.3 * size)
    return a_scene((side // 2, side // 2, size), width=side, height=side)


def accuracy(folder: Path, label: str, face: Picture, classifier: Classifier) -> float:
    write_picture(folder / label / label / "face.png", face)
    return evaluate_faces(classifier, folder / label).accuracy


def test_a_model_of_two_labels_is_right_about_a_wrongly_worn_mask_when_it_calls_it_none(
    tmp_path: Path, classifier: Classifier
) -> None:
    face = a_face()
    assert accuracy(tmp_path, "incorrect_mask", face, classifier) == 1.0
    assert accuracy(tmp_path, "with_mask", face, classifier) == 0.0


def test_a_model_that_knows_wrongly_worn_masks_must_say_so(
    tmp_path: Path, registry_root: Path, classifier: Classifier
) -> None:
    face = a_face()
    knowing = renamed(registry_root, {"without_mask": "incorrect_mask"})
    assert accuracy(tmp_path, "incorrect_mask", face, knowing) == 1.0
    other = renamed(registry_root, {"incorrect_mask": "without_mask", "with_mask": "incorrect_mask"})
    assert accuracy(tmp_path, "incorrect_mask", face, other) == 0.0


def test_a_face_that_is_taken_for_none_is_wrong(tmp_path: Path, registry_root: Path, classifier: Classifier) -> None:
    face = a_face()
    refusing = renamed(registry_root, {"without_mask": "background"})
    for label in Label:
        assert accuracy(tmp_path, label, face, refusing) == 0.0


def test_a_manifest_says_which_faces_there_are(tmp_path: Path, classifier: Classifier) -> None:
    write_picture(tmp_path / "one.png", a_face())
    label = classifier.classify([read_picture(tmp_path / "one.png")])[0].label
    manifest = tmp_path / "manifest.csv"
    manifest.write_text(f"file,source,label,cluster\none.png,lab,{label},7\n")
    assert evaluate_faces(classifier, tmp_path) == evaluate_faces(classifier, manifest)
    assert evaluate_faces(classifier, manifest).per_source == {"lab": 1.0}


@pytest.mark.parametrize("content", ["file,source\nx,y\n", "file,source,label\nx.png,lab,no_such_label\n", ""])
def test_a_wrong_manifest_is_refused(tmp_path: Path, classifier: Classifier, content: str) -> None:
    (tmp_path / "manifest.csv").write_text(content)
    with pytest.raises(UnusableData):
        evaluate_faces(classifier, tmp_path)


def test_photographs_are_scored_by_what_was_found_and_how_it_was_labelled(tmp_path: Path, pipeline: Pipeline) -> None:
    scene = a_scene((200, 200, 120), (450, 220, 160))
    write_picture(tmp_path / "images" / "one.png", scene)
    write_picture(tmp_path / "images" / "two.png", a_scene())
    left, right = sorted(pipeline.judge([scene])[0].detections, key=lambda each: each.box.x0)
    record = {
        "image": "images/one.png",
        "boxes": [
            {"label": left.label, "box": left.box},
            {"label": left.label, "box": [400, 380, 430, 420]},  # nothing is drawn there
            {"label": left.label, "box": [10, 10, 20, 20]},  # too small to count
        ],
    }
    (tmp_path / "boxes.json").write_text(json.dumps([record, {"image": "images/two.png", "boxes": []}]))
    report = evaluate_boxes(pipeline, tmp_path)
    assert (report.images, report.faces) == (2, 2)
    sizes = {size: (recall.faces, recall.found) for size, recall in report.recall[left.label].items()}
    assert sizes == {"24-40": (1, 0), "40-80": (0, 0), "80+": (1, 1), "all": (2, 1)}
    assert report.rightly_labelled == {left.label: 0.5}
    assert (report.precision, report.false_faces_per_image) == (0.5, 0.5)
    found_masked = sum(each.label is Label.WITH_MASK for each in (left, right)) / 2
    assert report.reported_compliance == found_masked
    assert report.compliance_bias == pytest.approx(found_masked - report.true_compliance)
    assert report.milliseconds_per_image > 0


@pytest.mark.parametrize("content", [None, "{}", '[{"image": "x.png"}]', "no json"])
def test_wrong_annotations_are_refused(tmp_path: Path, pipeline: Pipeline, content: str | None) -> None:
    if content is not None:
        (tmp_path / "boxes.json").write_text(content)
    with pytest.raises(UnusableData):
        evaluate_boxes(pipeline, tmp_path)
