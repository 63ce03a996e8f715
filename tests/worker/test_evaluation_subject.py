import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from shared.settings import WorkerSettings
from tests.worker.drawn import a_scene
from worker.annotation import write_picture
from worker.classifier import SHIPPED_MODELS
from worker.evaluation import BoxesReport, NoSuchVersion, evaluate_boxes, evaluate_side_by_side, load_subject

# Of wall clock, and so never the same twice.
TIMES = {"timing", "milliseconds_per_image"}


@pytest.fixture(scope="module")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two drawn scenes with annotations of three faces."""
    folder = tmp_path_factory.mktemp("photographs")
    write_picture(folder / "two.png", a_scene((200, 200, 120), (450, 220, 60)))
    write_picture(folder / "one.png", a_scene((300, 260, 40)))
    faces = {"two.png": [[140, 130, 260, 280], [420, 185, 480, 260]], "one.png": [[280, 235, 320, 285]]}
    boxes = [
        {"image": name, "boxes": [{"label": "without_mask", "box": box} for box in found]}
        for name, found in faces.items()
    ]
    (folder / "boxes.json").write_text(json.dumps(boxes))
    return folder


def with_version(root: Path, name: str, version: int) -> Path:
    """A copy of the shipped models whose current version of one of them is there under another number too."""
    shutil.copytree(SHIPPED_MODELS / name, root / name)
    current = json.loads((root / name / "current.json").read_text())["version"]
    shutil.copytree(root / name / str(current), root / name / str(version))
    manifest = root / name / str(version) / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "version": version}))
    return root


def figures(report: BoxesReport) -> dict[str, Any]:
    return report.model_dump(exclude=TIMES | {"measured", "average_precision"})


@pytest.mark.parametrize("name", ["maskwatch", "haar"])
def test_what_is_found_below_the_working_point_changes_no_figure_of_it(photographs: Path, name: str) -> None:
    subject = load_subject(WorkerSettings.model_validate({"detector": name}))
    found = evaluate_side_by_side([subject], photographs)[0]
    assert figures(found.report) == figures(evaluate_boxes(subject.pipeline, photographs))
    assert found.report.average_precision is not None
    assert found.curves is not None
    assert found.report.timing.threads == 1


def test_several_detectors_judge_the_same_photographs(photographs: Path) -> None:
    subjects = [load_subject(WorkerSettings.model_validate({"detector": name})) for name in ("maskwatch", "haar")]
    seen: list[tuple[int, int]] = []
    together = evaluate_side_by_side(subjects, photographs, lambda *done: seen.append(done))
    alone = [evaluate_side_by_side([subject], photographs)[0] for subject in subjects]
    assert [figures(each.report) for each in together] == [figures(each.report) for each in alone]
    assert seen == [(1, 2), (2, 2)]


def test_the_report_says_what_was_measured(photographs: Path) -> None:
    settings = WorkerSettings(min_face_px=30, min_face_confidence=0.7)
    measured = evaluate_side_by_side([load_subject(settings)], photographs)[0].report.measured
    assert measured is not None
    assert (measured.detector, measured.min_face_px, measured.min_face_confidence) == ("maskwatch", 30, 0.7)
    assert measured.detector_version in {int(each.name) for each in (SHIPPED_MODELS / "face").glob("[0-9]*")}


def test_any_version_of_the_detector_can_be_measured_whichever_is_served(tmp_path: Path, photographs: Path) -> None:
    shutil.copytree(SHIPPED_MODELS / "mask", tmp_path / "mask")
    settings = WorkerSettings(registry=str(with_version(tmp_path, "face", 77)))
    other, served = load_subject(settings, detector_version=77), load_subject(settings)
    assert other.measured is not None
    assert served.measured is not None
    assert other.measured.detector_version == 77
    assert served.measured.detector_version != 77
    both = evaluate_side_by_side([other, served], photographs)
    assert figures(both[0].report) == figures(both[1].report)


def test_any_version_of_the_model_can_be_measured_whichever_is_served(tmp_path: Path) -> None:
    settings = WorkerSettings(registry=str(with_version(tmp_path, "mask", 77)))
    assert load_subject(settings, model_version=77).pipeline.classifier.version == 77
    assert load_subject(settings).pipeline.classifier.version != 77


def test_a_version_that_the_registry_has_not_is_taken_from_those_shipped(tmp_path: Path) -> None:
    settings = WorkerSettings(registry=str(with_version(tmp_path, "mask", 77)))
    shipped = json.loads((SHIPPED_MODELS / "face" / "current.json").read_text())["version"]
    measured = load_subject(settings, detector_version=shipped).measured
    assert measured is not None
    assert measured.detector_version == shipped


@pytest.mark.parametrize("which", ["model", "detector"])
def test_a_version_that_is_nowhere_is_refused_with_those_there_are(which: str) -> None:
    with pytest.raises(NoSuchVersion, match=f"there is no version 999 of the {which} in .*: there are [0-9]"):
        load_subject(WorkerSettings(), **{f"{which}_version": 999})
