"""`maskwatch train --task detector` and `maskwatch models --task detector`: what is refused, and what is told."""

import json
import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.command import run
from console.training.detector_here import detector_settings
from shared.detector_manifest import DetectorInput, DetectorManifest, DetectorRegistry
from shared.model_registry import GateRecord
from tests.trainer.detector.drawn_data import drawn_settings

SHIPPED = Path(__file__).parents[3] / "worker" / "models"
GIVEN = "train --task detector --data faces --boxes boxes --teacher teacher.onnx"

MISTAKES = {
    "no data": ("train --task detector", "--data is missing: --task detector needs"),
    "no teacher": ("train --task detector --data faces --boxes boxes", "--teacher is missing"),
    "data that is missing": (GIVEN.replace("faces", "nowhere"), "--data: there is no nowhere"),
    "two folders": (f"{GIVEN} --data boxes", "--data: a detector takes one folder"),
    "an option of the classifier": (f"{GIVEN} --epochs 3", "--epochs belongs to --task classifier"),
    "an option of the detector": ("train --data faces --minutes 3", "--minutes belongs to --task detector"),
    "going on with a classifier": ("train --data faces --resume", "--resume belongs to --task detector"),
    "a job": (f"{GIVEN} --queue", "--queue makes jobs, but a detector trains here only: leave it out"),
    "a schedule": (f"{GIVEN} --every 7d", "--every makes jobs"),
    "a precision of the classifier": (f"{GIVEN} --precision float32", "--precision"),
    "another task": ("train --task tracker", "--task"),
    "nothing to go on with": (f"{GIVEN} --resume --work empty", "holds no training to go on with"),
}


@pytest.fixture(autouse=True)
def _drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    drawn_settings(tmp_path)


@pytest.fixture
def models(tmp_path: Path) -> DetectorRegistry:
    """Two detectors: the first is served, the second did not pass its gate."""
    registry = DetectorRegistry(tmp_path / "models")
    registry.publish(_described)
    registry.promote(1)
    failed = GateRecord(passed=False, compared_with=1, reasons=("without mask: worse",))
    registry.publish(lambda version, folder: _described(version, folder).model_copy(update={"gate": failed}))
    return registry


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line(mistake: str, capsys: pytest.CaptureFixture[str]) -> None:
    command, expected = MISTAKES[mistake]
    assert run(shlex.split(command)) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert expected in line


def test_what_is_not_given_lies_in_the_data_folder(tmp_path: Path) -> None:
    options = {"data": [Path("faces")], "boxes": Path("boxes"), "teacher": Path("teacher.onnx"), "note": "a try"}
    settings = detector_settings(options, "s3://bucket/models", tmp_path / "system")
    assert settings.faces == tmp_path / "faces"
    assert settings.work == tmp_path / "system" / "training" / "detector"
    assert settings.reports == tmp_path / "system" / "reports"
    assert (settings.registry, settings.note, settings.served) == ("s3://bucket/models", "a try", SHIPPED)


def test_detectors_are_listed_with_what_they_find(models: DetectorRegistry, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "list", "--task", "detector", "--registry", "models", "--json"]) == 0
    first, second = json.loads(capsys.readouterr().out)["versions"]
    assert (first["current"], first["gate"], second["gate"]) == (True, "not asked", "failed")
    assert first["found"] == {"part": "test", "masked": 0.9, "bare": 0.8, "false_faces": 0.2, "milliseconds": 5.0}
    assert run(["models", "list", "--task", "detector", "--registry", "models"]) == 0
    assert "90.0%" in capsys.readouterr().out


def test_a_detector_that_did_not_pass_is_promoted_by_force_only_and_the_one_before_comes_back(
    models: DetectorRegistry, capsys: pytest.CaptureFixture[str]
) -> None:
    promote = ["models", "promote", "2", "--task", "detector", "--registry", "models"]
    assert run(promote) == 1
    assert "without mask: worse" in capsys.readouterr().err
    assert run([*promote, "--force"]) == 0
    assert models.current() == 2
    assert models.was_forced()
    assert run(["models", "rollback", "--task", "detector", "--registry", "models"]) == 0
    assert "detector version 1 is current instead of 2" in capsys.readouterr().out


def test_the_shipped_detector_is_shown_with_its_report(capsys: pytest.CaptureFixture[str]) -> None:
    version = DetectorRegistry(SHIPPED).current()
    assert run(["models", "show", str(version), "--task", "detector", "--registry", str(SHIPPED)]) == 0
    text = capsys.readouterr().out
    assert f"face version {version}" in text
    assert "gate: passed" in text
    assert "file: 1.7 MB, int8" in text


def test_where_there_is_no_detector_the_list_says_which_one_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "list", "--task", "detector", "--registry", "nowhere"]) == 2
    assert "workers run the one that comes with them" in capsys.readouterr().err


def _described(version: int, folder: Path) -> DetectorManifest:
    (folder / "model.tflite").write_bytes(b"weights")
    figures = {"with_mask all": 0.9, "without_mask all": 0.8, "false_faces": 0.2, "milliseconds": 5.0}
    return DetectorManifest(
        name="face",
        version=version,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        model_file="model.tflite",
        files={},
        metrics={"ours (int8), test": figures},
        training={"precision": "int8"},
        input=DetectorInput(order="bgr", dtype="uint8", multiple=64, padding=114),
        strides=(8, 16, 32, 64),
    )
