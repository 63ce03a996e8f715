"""A whole training on drawn faces, tiny and with random weights, through the public entry."""

import csv
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from shared.model_registry import Manifest, ModelRegistry
from tests.trainer.drawn import draw_data
from trainer.evaluation import ExportedNetwork
from trainer.gate import GateMargins
from trainer.report.record import TrainingReport
from trainer.settings import TrainingRefused, TrainProgress, TrainSettings
from trainer.training import train

# Building and converting the network takes half a minute of processor time, however small the data.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


class PowerCut(Exception):
    """What stops a training in its middle."""


def tiny(data: Path, registry: Path, **changed: Any) -> TrainSettings:  # noqa: ANN401 - any setting
    settings = TrainSettings(
        data=(data,),
        registry=str(registry),
        size=32,
        alpha=0.35,
        epochs=2,
        batch=8,
        # Most layers frozen: building the gradients of all would take longer than the training.
        frozen_layers=140,
        margins=GateMargins(least_balanced=0, least_trust=0, group=1, overall=1),
        reports=registry / "reports",
    )
    return settings.model_copy(update=changed)


@pytest.fixture(scope="module")
def phases() -> list[str]:
    return []


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory, phases: list[str]) -> ModelRegistry:
    """A registry with the one version that these tests look at: training costs seconds."""
    data = draw_data(tmp_path_factory.mktemp("data"), per_label=40)
    (data / "with_mask" / "broken.jpg").write_bytes(b"no picture")
    root = tmp_path_factory.mktemp("registry")
    train(tiny(data, root), lambda progress: phases.append(progress.phase))
    return ModelRegistry(root)


@pytest.fixture
def manifest(registry: ModelRegistry) -> Manifest:
    return registry.verified(registry.current())


def test_a_training_publishes_and_promotes_a_version(registry: ModelRegistry) -> None:
    assert registry.versions() == [1]
    assert registry.current() == 1


def test_a_published_network_gives_its_golden_outputs_again(registry: ModelRegistry, manifest: Manifest) -> None:
    folder = registry.path(manifest.version)
    assert_gives_golden_outputs(manifest, folder)


def test_progress_tells_the_phases_in_order(registry: ModelRegistry, phases: list[str]) -> None:
    expected = ["reading pictures", "training the head", "fine-tuning", "exporting", "measuring", "publishing"]
    assert list(dict.fromkeys(phases)) == expected


def test_an_unreadable_picture_is_listed_and_not_trained_on(registry: ModelRegistry, manifest: Manifest) -> None:
    with (registry.path(manifest.version) / "dropped.csv").open(newline="") as lines:
        dropped = list(csv.DictReader(lines))
    assert [(Path(row["file"]).name, row["reason"]) for row in dropped] == [("broken.jpg", "unreadable picture")]
    assert manifest.training["dropped"] == 1


def test_the_card_shows_the_figures_and_the_curves_are_drawn(registry: ModelRegistry, manifest: Manifest) -> None:
    folder = registry.path(manifest.version)
    assert f"| test | {manifest.metrics['test']['faces']:.0f} |" in (folder / "MODEL_CARD.md").read_text()
    assert cv2.imread(str(folder / "curves.png")) is not None


def test_no_folder_of_this_machine_is_named_in_what_is_published(registry: ModelRegistry, manifest: Manifest) -> None:
    folder = registry.path(manifest.version)
    texts = [(folder / name).read_text() for name in ("manifest.json", "MODEL_CARD.md", "dropped.csv")]
    assert not [text for text in texts if str(registry.folder.parent) in text]


def test_the_report_goes_with_the_version_and_names_nobody(registry: ModelRegistry, manifest: Manifest) -> None:
    folder = registry.path(manifest.version)
    report = TrainingReport.model_validate_json((folder / "report.json").read_bytes())
    assert report.preparation.dropped == {"unreadable picture": 1}
    assert report.split.total("train") + report.split.total("validation") + report.split.total("test") == 80
    assert len(report.fitting.validation_balanced) == 2
    assert report.run.peak_memory_bytes
    assert set(report.run.seconds) >= {"reading pictures", "training", "measuring"}
    assert report.promotion.gate is not None
    assert "<img" not in (folder / "report.html").read_text()
    assert (registry.folder.parent / "reports" / "mask-1" / "report.html").is_file()


@pytest.mark.long
def test_a_later_training_goes_on_from_a_version_and_is_compared(registry: ModelRegistry, tmp_path: Path) -> None:
    data = draw_data(tmp_path / "data", per_label=40)
    strict = GateMargins(least_balanced=0, least_trust=1)
    settings = tiny(data, registry.folder.parent, weights="1", margins=strict, epochs=1, precision="int8")
    outcome = train(settings, lambda _: None)
    assert not outcome.promoted
    assert registry.current() == 1
    assert str(outcome.manifest.training["weights"]).startswith("version 1 sha256:")
    assert outcome.manifest.gate is not None
    assert outcome.manifest.gate.compared_with == 1
    assert "labels swapped" in outcome.reasons[0]
    assert_gives_golden_outputs(outcome.manifest, registry.path(outcome.manifest.version))


def test_weights_of_another_width_are_refused_at_once(registry: ModelRegistry, tmp_path: Path) -> None:
    settings = tiny(tmp_path / "nothing", registry.folder.parent, weights="1", alpha=0.5)
    with pytest.raises(TrainingRefused, match=r"its width is 0\.35, not 0\.5"):
        train(settings, lambda _: None)


def test_a_training_that_is_cut_off_leaves_no_version(tmp_path: Path) -> None:
    def pull_the_plug(progress: TrainProgress) -> None:
        if progress.phase == "training the head":
            raise PowerCut

    data = draw_data(tmp_path / "data", per_label=12)
    with pytest.raises(PowerCut):
        train(tiny(data, tmp_path / "registry"), pull_the_plug)
    assert ModelRegistry(tmp_path / "registry").versions() == []


def assert_gives_golden_outputs(manifest: Manifest, folder: Path) -> None:
    network = ExportedNetwork((folder / manifest.model_file).read_bytes())
    assert manifest.golden
    for check in manifest.golden:
        picture = cv2.imread(str(folder / check.file))
        assert picture is not None
        given = network.probabilities(np.asarray(picture[np.newaxis, :, :, ::-1], np.uint8))[0]
        assert given == pytest.approx(check.probabilities, abs=check.tolerance)
