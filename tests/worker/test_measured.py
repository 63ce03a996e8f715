"""Figures on annotated photographs that may not get worse; every seventh, to be quick."""

import json
import time
from pathlib import Path

import pytest

from worker.classifier import Classifier
from worker.detectors.haar import HaarDetector
from worker.evaluation import BoxesReport, evaluate_boxes
from worker.pipeline import Pipeline

PHOTOGRAPHS = Path(__file__).parents[2].parent / "shared" / "data" / "boxes" / "train"
pytestmark = pytest.mark.skipif(
    not PHOTOGRAPHS.is_dir(), reason="the annotated photographs are not part of the project"
)


@pytest.fixture(scope="module")
def report(classifier: Classifier, tmp_path_factory: pytest.TempPathFactory) -> BoxesReport:
    folder = tmp_path_factory.mktemp("photographs")
    records = json.loads((PHOTOGRAPHS / "boxes.json").read_text())[::7]
    (folder / "boxes.json").write_text(json.dumps(records))
    (folder / "images").symlink_to(PHOTOGRAPHS / "images")
    pipeline = Pipeline(HaarDetector(24, 0.6), classifier, time.monotonic, threads=2)
    report = evaluate_boxes(pipeline, folder)
    pipeline.close()
    return report


def test_haar_finds_as_many_faces_as_it_did(report: BoxesReport) -> None:
    found = {label: sizes["all"].recall for label, sizes in report.recall.items()}
    assert found["with_mask"] >= 0.30
    assert found["without_mask"] >= 0.45


def test_haar_takes_no_more_walls_for_faces_than_it_did(report: BoxesReport) -> None:
    assert report.false_faces_per_image <= 0.085
