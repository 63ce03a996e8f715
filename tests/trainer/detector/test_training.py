"""A training on drawn pictures from its first picture to its version, killed once on the way."""

import json
import multiprocessing as mp
from pathlib import Path

import pytest

from shared.detector_manifest import DetectorRegistry
from tests.trainer.detector.drawn_data import drawn_settings, read_already
from tests.waiting import eventually
from trainer.detector import fitting, training
from trainer.detector.album import read
from trainer.detector.batches import Material, samples
from trainer.detector.exported import ExportedDetector
from trainer.detector.losses import LossLog
from trainer.detector.report.record import DetectorReport
from trainer.detector.work import CHECKPOINTS
from trainer.report.record import REPORT_FILE
from trainer.settings import TrainProgress

REPOSITORY = Path(__file__).parents[3]
SHIPPED = REPOSITORY / "worker" / "models"
PORTRAIT = REPOSITORY / "producer" / "sources" / "demo" / "portrait.jpg"


@pytest.mark.long
@pytest.mark.timeout(400)
def test_a_killed_training_goes_on_and_its_version_says_all_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = drawn_settings(tmp_path)
    read_already(settings)
    trainer = mp.get_context("spawn").Process(target=_train_until_killed, args=(tmp_path,))
    trainer.start()
    eventually(lambda: len(list((settings.work / CHECKPOINTS).glob("*.index"))) >= 2, 100)
    trainer.kill()
    trainer.join()
    assert DetectorRegistry(settings.registry).versions() == []
    monkeypatch.setattr(training, "samples", _few_samples)
    minutes = LossLog(settings.work).rows()[-1].seconds / 60 * 1.8  # so that about half of them are spent
    again = drawn_settings(
        tmp_path, resume=True, served=SHIPPED, reports=tmp_path / "reports", force=True, minutes=minutes
    )
    told: list[TrainProgress] = []
    outcome = training.train_detector(again, told.append)
    assert list(dict.fromkeys(each.phase for each in told)) == [
        "reading pictures",
        "looking for false faces",
        "fitting",
        "exporting",
        "measuring",
        "publishing",
    ]
    assert [each.phase for each in told].count("looking for false faces") == 2 * len(training.MINED_AFTER)
    registry = DetectorRegistry(settings.registry)
    manifest = registry.verified(registry.current())
    shipped = DetectorRegistry(SHIPPED).current()
    assert manifest.version == outcome.manifest.version == shipped + 1
    assert manifest.gate is not None
    assert manifest.gate.forced and manifest.gate.compared_with == shipped
    report = DetectorReport.model_validate_json((registry.path(manifest.version) / REPORT_FILE).read_bytes())
    assert report.fitting.at_step[-1] == report.fitting.steps == LossLog(settings.work).rows()[-1].step
    page = (registry.path(manifest.version) / "report.html").read_text()
    assert "<img" not in page and "http" not in page.replace("http-equiv", "")
    assert outcome.report is not None and outcome.report.stat().st_mode & 0o077 == 0
    assert json.loads((settings.work / "run.json").read_bytes())["published"] == manifest.version


def test_a_served_version_finds_faces_as_its_manifest_says() -> None:
    registry = DetectorRegistry(SHIPPED)
    manifest = registry.verified(registry.current())
    model = (registry.path(manifest.version) / manifest.model_file).read_bytes()
    picture = read(PORTRAIT)
    assert picture is not None
    zoom = 320 / max(picture.shape[:2])
    boxes, logits = ExportedDetector(model, zoom, takes=manifest.input, strides=manifest.strides).find(picture)
    height, width = picture.shape[:2]
    x0, y0, x1, y1 = boxes[logits.argmax()]
    assert logits.max() > 0
    assert 0 < x0 < x1 < width and 0 < y0 < y1 < height


def _train_until_killed(folder: Path) -> None:
    fitting.STEPS_A_CHECKPOINT = fitting.STEPS_A_REPORT = 2
    training.train_detector(drawn_settings(folder, minutes=60), lambda _: None)


def _few_samples(material: Material, seed: int) -> object:
    return samples(material, seed, count=4)
