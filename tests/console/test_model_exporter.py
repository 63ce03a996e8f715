import logging
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from console.model_exporter import ModelCollector, ModelReader, ModelReading
from shared.model_registry import CURRENT, MANIFEST, Manifest, ModelError, ModelRegistry, Refusal
from tests.shared.model_versions import a_version
from tests.waiting import eventually

ACCURACY = "maskwatch_model_accuracy_ratio"


@pytest.fixture
def models(tmp_path: Path) -> ModelRegistry:
    return ModelRegistry(tmp_path)


def publish(models: ModelRegistry, **accuracy: float) -> int:
    """A version with an accuracy by part, and with a part that has none."""
    parts = {part: {"accuracy": share, "faces": 9.0} for part, share in accuracy.items()}

    def describe(version: int, folder: Path) -> Manifest:
        return a_version()(version, folder).model_copy(update={"metrics": {**parts, "no faces": {"faces": 0.0}}})

    return models.publish(describe).version


def registry_of(collector: ModelCollector) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(collector)
    return registry


def exporting(models: ModelRegistry) -> CollectorRegistry:
    return registry_of(ModelCollector(ModelReader(models).read, interval_s=0))


def samples(registry: CollectorRegistry) -> Iterator[tuple[str, str]]:
    for family in registry.collect():
        for sample in family.samples:
            yield sample.name, sample.labels.get("version", "")


def test_versions_the_promoted_one_and_accuracy_by_part(models: ModelRegistry) -> None:
    publish(models, test=0.9, validation=0.8)
    models.promote(publish(models, test=0.95))
    registry = exporting(models)
    assert registry.get_sample_value("maskwatch_model_versions") == 2
    assert registry.get_sample_value("maskwatch_model_promoted_info", {"version": "2"}) == 1
    assert registry.get_sample_value("maskwatch_model_promoted_info", {"version": "1"}) is None
    assert registry.get_sample_value(ACCURACY, {"version": "1", "part": "test"}) == 0.9
    assert registry.get_sample_value(ACCURACY, {"version": "1", "part": "validation"}) == 0.8
    assert registry.get_sample_value(ACCURACY, {"version": "2", "part": "test"}) == 0.95
    assert registry.get_sample_value(ACCURACY, {"version": "2", "part": "no faces"}) is None


def test_the_newest_ten_and_the_promoted_one_are_told(models: ModelRegistry) -> None:
    models.promote(publish(models, test=0.9))
    for _ in range(12):
        publish(models, test=0.9)
    told = {version for name, version in samples(exporting(models)) if name == ACCURACY}
    assert told == {"1", *(str(number) for number in range(4, 14))}


def test_a_promotion_shows_at_the_next_look(models: ModelRegistry) -> None:
    models.promote(publish(models, test=0.9))
    registry = exporting(models)
    assert registry.get_sample_value("maskwatch_model_promoted_info", {"version": "1"}) == 1
    models.promote(publish(models, test=0.9))
    assert registry.get_sample_value("maskwatch_model_promoted_info", {"version": "1"}) is None
    assert registry.get_sample_value("maskwatch_model_promoted_info", {"version": "2"}) == 1


def test_an_empty_registry_has_no_version(models: ModelRegistry) -> None:
    assert list(samples(exporting(models))) == [("maskwatch_model_versions", "")]


def test_broken_versions_and_a_broken_promotion_hide_nothing_of_the_others(models: ModelRegistry) -> None:
    publish(models, test=0.9)
    publish(models, test=0.9)
    (models.folder / "1" / MANIFEST).write_text("{")
    (models.folder / CURRENT).write_text("nonsense")
    registry = exporting(models)
    assert registry.get_sample_value("maskwatch_model_versions") == 2
    assert {version for name, version in samples(registry) if name == ACCURACY} == {"2"}


def test_a_registry_that_goes_away_tells_nothing_is_logged_once_and_comes_back(
    models: ModelRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    publish(models, test=0.9)
    is_away = False

    def read() -> ModelReading:
        if is_away:
            raise ModelError("the registry does not answer", Refusal.UNREACHABLE)
        return reader.read()

    reader = ModelReader(models)
    registry = registry_of(ModelCollector(read, interval_s=0))
    assert registry.get_sample_value("maskwatch_model_versions") == 1
    is_away = True
    with caplog.at_level(logging.WARNING):
        assert [list(samples(registry)) for _ in range(3)] == [[], [], []]
    assert len(caplog.records) == 1
    is_away = False
    assert registry.get_sample_value("maskwatch_model_versions") == 1


def test_scrapes_within_the_interval_read_once(models: ModelRegistry) -> None:
    publish(models, test=0.9)
    collector = ModelCollector(ModelReader(models).read)
    registry = registry_of(collector)
    assert registry.get_sample_value("maskwatch_model_versions") == 1
    shutil.rmtree(models.folder)
    assert registry.get_sample_value("maskwatch_model_versions") == 1


def test_a_registry_that_hangs_holds_no_scrape_up(models: ModelRegistry) -> None:
    hangs = threading.Event()

    def read() -> ModelReading:
        hangs.wait(60)
        return ModelReading(promoted=None, versions=7)

    registry = registry_of(ModelCollector(read, interval_s=0))
    started = time.monotonic()
    assert list(samples(registry)) == []
    assert time.monotonic() - started < 30
    hangs.set()
    eventually(lambda: registry.get_sample_value("maskwatch_model_versions") == 7)


def test_a_manifest_that_was_read_is_not_read_again(models: ModelRegistry) -> None:
    publish(models, test=0.9)
    registry = exporting(models)
    assert registry.get_sample_value(ACCURACY, {"version": "1", "part": "test"}) == 0.9
    (models.folder / "1" / MANIFEST).unlink()
    assert registry.get_sample_value(ACCURACY, {"version": "1", "part": "test"}) == 0.9
