import logging
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from shared.model_registry import MANIFEST, ModelError, ModelRegistry, Refusal
from tests.worker.versions import (
    FAULTS,
    a_registry,
    break_checksum,
    garble_the_promotion,
    promote_what_is_not_there,
    publish_copy,
)
from worker.classifier import Classifier, load_classifier
from worker.metrics import RELOAD_OUTCOMES, WorkerMetrics
from worker.reloading import MAX_RETRY_AFTER_S, RETRY_AFTER_S, Reloader

Make = Callable[..., Reloader]


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    return a_registry(tmp_path / "registry")


@pytest.fixture
def make(registry: ModelRegistry, metrics_registry: CollectorRegistry) -> Make:
    def made(load: Callable[[int], Classifier] | None = None) -> Reloader:
        metrics = WorkerMetrics(metrics_registry)
        metrics.serves(1)
        return Reloader(registry, load or (lambda version: load_classifier(registry, version)), 1, metrics)

    return made


@pytest.fixture
def tried(metrics_registry: CollectorRegistry) -> Callable[[], dict[str, float]]:
    """How often each refusal was counted; those that were not are left out."""

    def read() -> dict[str, float]:
        counts = {each: metrics_registry.get_sample_value(RELOADS, {"outcome": each}) for each in RELOAD_OUTCOMES}
        return {outcome: count for outcome, count in counts.items() if count}

    return read


RELOADS = "maskwatch_model_reloads_total"
Tried = Callable[[], dict[str, float]]


def taken(reloader: Reloader) -> int | None:
    classifier = reloader.take()
    return None if classifier is None else classifier.version


def test_nothing_is_loaded_while_the_promotion_stays(make: Make) -> None:
    reloader = make()
    for now in range(100):
        reloader.look(now)
    assert reloader.take() is None


def test_a_promoted_version_is_handed_over_once(make: Make, registry: ModelRegistry) -> None:
    reloader = make()
    registry.promote(publish_copy(registry))
    reloader.look(0)
    reloader.look(1)
    assert [taken(reloader), taken(reloader)] == [2, None]


def test_a_rollback_is_followed_as_a_promotion_is(make: Make, registry: ModelRegistry) -> None:
    reloader = make()
    version = publish_copy(registry)
    served = []
    for now, promoted in enumerate([version, 1, version, 1]):
        registry.promote(promoted)
        reloader.look(now)
        served.append(taken(reloader))
    assert served == [version, 1, version, 1]


def test_the_last_of_several_promotions_counts(make: Make, registry: ModelRegistry) -> None:
    reloader = make()
    version = publish_copy(registry)
    registry.promote(version)
    reloader.look(0)
    registry.promote(1)
    reloader.look(1)
    assert [taken(reloader), taken(reloader)] == [1, None]


@pytest.mark.parametrize("name", FAULTS)
def test_what_cannot_be_served_is_refused_counted_and_followed_by_what_can(
    name: str, make: Make, registry: ModelRegistry, tried: Tried, metrics_registry: CollectorRegistry
) -> None:
    reloader = make()
    reloader.look(0)
    promote_it, outcome = FAULTS[name]
    promote_it(registry)
    reloader.look(1)
    assert reloader.take() is None
    assert tried() == {outcome: 1}
    assert metrics_registry.get_sample_value("maskwatch_model_behind") == 1
    good = publish_copy(registry)
    registry.promote(good)
    reloader.look(2)
    assert taken(reloader) == good


@pytest.mark.parametrize("error", [MemoryError(), OSError(28, "no space left"), KeyError("unheard of")])
def test_any_other_failure_is_counted_too(
    error: Exception, make: Make, registry: ModelRegistry, tried: Tried, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: int) -> Classifier:
        raise error

    reloader = make(fail)
    registry.promote(publish_copy(registry))
    reloader.look(0)
    assert reloader.take() is None
    assert tried() == {"failed": 1}
    assert type(error).__name__ in caplog.text


def test_a_registry_that_does_not_answer_is_tried_again_and_says_nothing_of_the_promotion(
    make: Make,
    registry: ModelRegistry,
    tried: Tried,
    metrics_registry: CollectorRegistry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_answer() -> str:
        raise ModelError("no answer", Refusal.UNREACHABLE)

    reloader = make()
    with monkeypatch.context() as patch:
        patch.setattr(registry, "state", no_answer)
        patch.setattr(registry, "current", no_answer)
        reloader.look(0)
        reloader.look(1)
    assert tried() == {"unreachable": 1}
    assert metrics_registry.get_sample_value("maskwatch_model_behind") == 0
    registry.promote(publish_copy(registry))
    reloader.look(2)
    assert taken(reloader) == 2


def test_a_refused_version_is_tried_again_after_pauses_that_grow(
    make: Make, registry: ModelRegistry, tried: Tried
) -> None:
    reloader = make()
    break_checksum(registry)
    looks = range(0, 5000, 5)
    tries = []
    for now in looks:
        before = tried().get("checksum", 0)
        reloader.look(now)
        if tried()["checksum"] > before:
            tries.append(now)
    pauses = [later - earlier for earlier, later in pairwise(tries)]
    assert pauses[:3] == [RETRY_AFTER_S, 2 * RETRY_AFTER_S, 4 * RETRY_AFTER_S]
    assert pauses[-1] == MAX_RETRY_AFTER_S


def test_a_version_that_is_repaired_in_place_is_served_at_once(make: Make, registry: ModelRegistry) -> None:
    reloader = make()
    version = publish_copy(registry)
    registry.promote(version)
    path = registry.path(version) / MANIFEST
    sound = path.read_bytes()
    path.write_bytes(b"{}")
    reloader.look(0)
    path.write_bytes(sound)
    reloader.look(1)
    assert taken(reloader) == version


def test_a_refused_version_that_is_promoted_again_is_tried_again(
    make: Make, registry: ModelRegistry, tried: Tried
) -> None:
    reloader = make()
    for now in (0, 1):
        promote_what_is_not_there(registry)
        reloader.look(now)
        registry.promote(1)
        reloader.look(now + 0.5)
    assert tried() == {"missing": 2}


def test_the_same_refusal_is_logged_once(make: Make, registry: ModelRegistry, caplog: pytest.LogCaptureFixture) -> None:
    reloader = make()
    garble_the_promotion(registry)
    with caplog.at_level(logging.ERROR):
        for now in range(0, 1000, 2):
            reloader.look(now)
    assert len(caplog.records) == 1
    assert "model version 1 serves on" in caplog.text


def test_going_back_to_the_version_served_after_a_refusal_is_no_reload(
    make: Make, registry: ModelRegistry, tried: Tried, metrics_registry: CollectorRegistry
) -> None:
    reloader = make()
    break_checksum(registry)
    reloader.look(0)
    registry.promote(1)
    reloader.look(1)
    assert reloader.take() is None
    assert tried() == {"checksum": 1}
    assert metrics_registry.get_sample_value("maskwatch_model_behind") == 0


def test_every_outcome_stands_at_zero_from_the_start(make: Make, metrics_registry: CollectorRegistry) -> None:
    make()
    outcomes = ["loaded", "failed", *Refusal]
    assert [metrics_registry.get_sample_value(RELOADS, {"outcome": each}) for each in outcomes] == [0] * len(outcomes)
