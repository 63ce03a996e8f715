import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from shared.connections import Servers, connect
from shared.model_registry import ModelRegistry
from shared.shadow import SHADOW_ORDER, ShadowOrder, shadow_counts
from shared.streams import MODELS_CHANGED
from tests.waiting import eventually
from tests.worker.versions import a_registry, publish_copy
from worker.classifier import Classifier, load_classifier
from worker.metrics import WorkerMetrics
from worker.model_watch import ModelWatch
from worker.reloading import Reloader
from worker.shadowing import Shadow

Watch = Callable[..., ModelWatch]
NEVER_S = 600.0


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    return a_registry(tmp_path / "registry")


@pytest.fixture
def watching(servers: Servers, registry: ModelRegistry, metrics_registry: CollectorRegistry) -> Iterator[Watch]:
    """Starts the threads of a worker that serves version 1; all are stopped at the end."""
    running: list[ModelWatch] = []

    def started(poll_s: float, url: str = "") -> ModelWatch:
        def load(version: int) -> Classifier:
            return load_classifier(registry, version)

        metrics = WorkerMetrics(metrics_registry)
        state = connect(url) if url else servers.state
        shadow = Shadow(load, lambda: datetime.now(UTC))
        running.append(ModelWatch(state, Reloader(registry, load, 1, metrics), shadow, poll_s))
        running[-1].start()
        return running[-1]

    yield started
    for each in running:
        each.stop()


def version_of(classifier: Classifier | None) -> int:
    return classifier.version if classifier else 0


def test_a_promotion_is_found_by_polling(watching: Watch, registry: ModelRegistry) -> None:
    watch = watching(poll_s=0.05)
    registry.promote(publish_copy(registry))
    assert version_of(eventually(watch.newer)) == 2


def test_a_nudge_finds_a_promotion_long_before_the_poll(
    watching: Watch, registry: ModelRegistry, servers: Servers
) -> None:
    watch = watching(poll_s=NEVER_S)
    eventually(lambda: servers.state.pubsub_numsub(MODELS_CHANGED)[0][1])
    registry.promote(publish_copy(registry))
    servers.state.publish(MODELS_CHANGED, "")
    assert version_of(eventually(watch.newer)) == 2


def test_a_nudge_is_heard_again_after_the_state_server_cut_the_connection(
    watching: Watch, registry: ModelRegistry, servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.model_watch.ASK_INTERVAL_S", 0.05)
    watch = watching(poll_s=NEVER_S)
    eventually(lambda: servers.state.pubsub_numsub(MODELS_CHANGED)[0][1])
    servers.state.client_kill_filter(_type="pubsub")
    registry.promote(publish_copy(registry))

    def newer_after_a_nudge() -> Classifier | None:
        servers.state.publish(MODELS_CHANGED, "")
        return watch.newer()

    assert version_of(eventually(newer_after_a_nudge)) == 2


def test_promotions_are_found_without_a_state_server(watching: Watch, registry: ModelRegistry, tmp_path: Path) -> None:
    watch = watching(poll_s=0.05, url=f"unix://{tmp_path}/nobody")
    registry.promote(publish_copy(registry))
    assert version_of(eventually(watch.newer)) == 2


def test_a_candidate_that_cannot_be_loaded_is_told_once(
    watching: Watch, servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.model_watch.ASK_INTERVAL_S", 0.02)
    watching(poll_s=0.02)
    order = ShadowOrder(id="one", version=7, ends_at=datetime.now(UTC) + timedelta(minutes=1))
    servers.state.set(SHADOW_ORDER, order.model_dump_json())
    eventually(lambda: servers.state.hgetall(shadow_counts("one")))
    before = servers.state.info("commandstats")["cmdstat_get"]["calls"]
    eventually(lambda: servers.state.info("commandstats")["cmdstat_get"]["calls"] > before + 5)
    assert servers.state.hgetall(shadow_counts("one")) == {b"refused:missing": b"1"}


def test_a_stopped_watch_leaves_no_thread(watching: Watch) -> None:
    watching(poll_s=NEVER_S).stop()
    assert {each.name for each in threading.enumerate()}.isdisjoint({"models", "model-news"})
