"""A training on drawn pictures from its command to its version, killed once on the way."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from shared.detector_manifest import DetectorRegistry
from tests.trainer.detector.drawn_data import drawn_settings, read_already
from tests.waiting import eventually
from trainer.detector import training
from trainer.detector.album import read
from trainer.detector.batches import Material, samples
from trainer.detector.exported import ExportedDetector
from trainer.detector.losses import LossLog
from trainer.detector.report.record import DetectorReport
from trainer.detector.settings import DetectorSettings
from trainer.report.record import REPORT_FILE
from trainer.settings import TrainProgress

REPOSITORY = Path(__file__).parents[3]
SHIPPED = REPOSITORY / "worker" / "models"
PORTRAIT = REPOSITORY / "producer" / "sources" / "demo" / "portrait.jpg"


def arguments(settings: DetectorSettings) -> list[str]:
    paths = ("faces", "boxes", "teacher", "registry", "work")
    return [*(each for name in paths for each in (f"--{name}", str(getattr(settings, name)))), "--minutes", "60"]


@pytest.mark.slow
def test_a_killed_training_goes_on_and_its_version_says_all_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = drawn_settings(tmp_path, batch=12)
    read_already(settings)
    with subprocess.Popen([sys.executable, "-m", "trainer.detector", *arguments(settings)], cwd=REPOSITORY) as trainer:
        # Ctrl-C leaves a checkpoint wherever it comes; then nothing is left that could.
        eventually(lambda: (settings.work / "run.json").is_file() and _is_fitting(trainer.pid), 60)
        trainer.send_signal(signal.SIGINT)
        assert trainer.wait(60) == 130
    assert DetectorRegistry(settings.registry).versions() == []
    monkeypatch.setattr(training, "samples", _few_samples)
    again = drawn_settings(tmp_path, batch=12, resume=True, served=SHIPPED, reports=tmp_path / "reports", force=True)
    told: list[TrainProgress] = []
    outcome = training.train_detector(again, told.append)
    assert list(dict.fromkeys(each.phase for each in told)) == [
        "reading pictures",
        "fitting",
        "looking for false faces",
        "exporting",
        "measuring",
        "publishing",
    ]
    registry = DetectorRegistry(settings.registry)
    manifest = registry.verified(registry.current())
    assert manifest.version == outcome.manifest.version == 2  # the shipped one that it was compared with is 1
    assert manifest.gate is not None
    assert manifest.gate.forced and manifest.gate.compared_with == 1
    report = DetectorReport.model_validate_json((registry.path(2) / REPORT_FILE).read_bytes())
    assert report.fitting.at_step[-1] == report.fitting.steps == LossLog(settings.work).rows()[-1].step
    page = (registry.path(2) / "report.html").read_text()
    assert "<img" not in page and "http" not in page.replace("http-equiv", "")
    assert outcome.report is not None and outcome.report.stat().st_mode & 0o077 == 0
    assert json.loads((settings.work / "run.json").read_bytes())["published"] == 2


def test_an_older_version_finds_faces_as_its_manifest_says() -> None:
    registry = DetectorRegistry(SHIPPED)
    manifest = registry.verified(1)
    model = (registry.path(1) / manifest.model_file).read_bytes()
    picture = read(PORTRAIT)
    assert picture is not None
    zoom = 320 / max(picture.shape[:2])
    boxes, logits = ExportedDetector(model, zoom, takes=manifest.input, strides=manifest.strides).find(picture)
    height, width = picture.shape[:2]
    x0, y0, x1, y1 = boxes[logits.argmax()]
    assert logits.max() > 0
    assert 0 < x0 < x1 < width and 0 < y0 < y1 < height


def _is_fitting(pid: int) -> bool:
    """Whether the process that draws scenes is there, which fitting begins with."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return any("spawn_main" in Path(f"/proc/{each}/cmdline").read_text() for each in children)


def _few_samples(material: Material, seed: int) -> object:
    return samples(material, seed, count=4)
