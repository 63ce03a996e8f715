"""The shipped model and a whole pipeline, loaded once; workers built around them."""

import shutil
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from shared.connections import Servers
from shared.model_registry import ModelRegistry
from shared.settings import WorkerSettings
from shared.streams import KeySpace
from worker.classifier import SHIPPED_MODELS, Classifier, load_classifier
from worker.detectors.haar import HaarDetector
from worker.group import FrameGroup
from worker.loop import Models, WorkerLoop
from worker.metrics import WorkerMetrics
from worker.pipeline import Pipeline
from worker.publisher import Publisher
from worker.server_clock import ServerClock
from worker.stages import Stages

MakeWorker = Callable[..., WorkerLoop]


@pytest.fixture(scope="session")
def classifier() -> Classifier:
    return load_classifier(ModelRegistry(SHIPPED_MODELS))


@pytest.fixture(scope="session")
def pipeline(classifier: Classifier) -> Iterator[Pipeline]:
    pipeline = Pipeline(HaarDetector(24, 0.6), classifier, time.monotonic, threads=2)
    yield pipeline
    pipeline.close()


@pytest.fixture(scope="session")
def classifier_file() -> bytes:
    """The shipped classifier's network."""
    registry = ModelRegistry(SHIPPED_MODELS)
    manifest = registry.manifest(registry.current())
    return (registry.path(manifest.version) / manifest.model_file).read_bytes()


@pytest.fixture
def registry_root(tmp_path: Path) -> Path:
    """A copy of the shipped registry, to be damaged."""
    root = tmp_path / "registry"
    shutil.copytree(SHIPPED_MODELS / "mask", root / "mask")
    return root


@pytest.fixture
def metrics_registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def make_worker(servers: Servers, pipeline: Pipeline, metrics_registry: CollectorRegistry) -> MakeWorker:
    """Makes workers on the test's servers; settings by name, and a pipeline where another one is meant."""
    metrics = WorkerMetrics(metrics_registry)

    def make(name: str = "w1", judge: Pipeline = pipeline, models: Models | None = None, **given: object) -> WorkerLoop:
        quick = {"claim_min_idle_ms": 100, "claim_interval_s": 0.001, "batch_deadline_ms": 1, **given}
        settings = WorkerSettings.model_validate(quick)
        keys = KeySpace(settings.shards)
        age_s = ServerClock(servers.frames, time.monotonic).age_s
        stages = Stages(judge, settings, name, metrics, lambda: datetime.now(UTC), age_s)
        publisher = Publisher(servers.frames, keys, settings.max_results_per_camera, settings.max_dead_letters)
        return WorkerLoop(servers.state, FrameGroup(servers.frames, keys, name), stages, publisher, settings, models)

    return make
