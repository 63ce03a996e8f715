"""``python -m worker``: one inference worker, until SIGTERM or SIGINT."""

import logging
import os
import secrets
import signal
import socket
import sys
import threading
import time
from datetime import UTC, datetime

import redis

from shared import logs
from shared.connections import Servers, ServerUnreachable, check_servers, connect_both, connect_for_looks
from shared.foreign_keys import ForeignKeys
from shared.model_registry import ModelError
from shared.probes import PortInUse, ProbeServer
from shared.process_metrics import process_registry
from shared.settings import InvalidSetting, UnknownSetting, WorkerSettings, load
from shared.streams import KeySpace
from worker import allocation, detector_figures
from worker.classifier import Classifier
from worker.detectors import DetectorUnavailable
from worker.group import FrameGroup
from worker.heart import Heart, Progress, describe
from worker.loading import load_servable_pipeline, load_version, open_registry, threads_of
from worker.loop import Models, WorkerLoop
from worker.metrics import WorkerMetrics
from worker.model_watch import ModelWatch
from worker.pipeline import Pipeline
from worker.publisher import Publisher
from worker.reloading import Reloader
from worker.server_clock import ServerClock
from worker.shadowing import Shadow
from worker.stages import Stages

log = logging.getLogger("worker")


def main() -> int:
    """Run a worker; 0 after a stop, 2 when it cannot start."""
    stop = _stop_on_signals()  # first of all: as the first process of a container it would not hear them otherwise
    try:
        settings = load(WorkerSettings)
        logs.configure("worker", settings.log_level)
        check_servers(settings.frames_redis, settings.state_redis, "worker")
        allocation.keep_pictures_memory()
        with allocation.loading():
            pipeline = load_servable_pipeline(settings)
        allocation.settle()
        _work(settings, pipeline, stop)
    except (
        UnknownSetting, InvalidSetting, ServerUnreachable, DetectorUnavailable, ModelError, PortInUse
    ) as error:  # fmt: skip
        print(f"worker: {error}", file=sys.stderr)
        return 2
    return 0


def _work(settings: WorkerSettings, pipeline: Pipeline, stop: threading.Event) -> None:
    worker_id = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(2)}"
    servers = connect_both(settings.frames_redis, settings.state_redis)
    registry = process_registry()
    metrics = WorkerMetrics(registry)
    metrics.detects_with(pipeline.detector.name)
    watch = _make_watch(settings, pipeline, servers, metrics)
    server_clock = ServerClock(servers.frames, time.monotonic)
    stages = Stages(pipeline, settings, worker_id, metrics, lambda: datetime.now(UTC), server_clock.age_s)
    loop = _make_loop(settings, stages, servers, watch, worker_id)
    probes = ProbeServer(settings.metrics_host, settings.metrics_port, registry, lambda: _missing(servers))
    description = describe(worker_id, settings.process_name, f"{probes.url}/metrics", pipeline.detector.name)
    heart = Heart(
        servers.state,
        description,
        lambda: Progress(loop.frames_total, pipeline.classifier.version, metrics.busy_s, metrics.frames_judged),
        settings.heartbeat_interval_s,
        threads_of(settings),
    )
    probes.start()
    heart.start()
    watch.start()
    log.info("%s judges with %s and model version %d", worker_id, pipeline.detector.name, pipeline.classifier.version)
    # The operator must not read compliance off a biased detector without knowing.
    if bias := detector_figures.warning(pipeline.detector.name):
        log.warning(bias)
    loop.run(stop)
    watch.stop()
    pipeline.close()
    heart.stop()
    probes.close()
    servers.close()


def _make_watch(settings: WorkerSettings, pipeline: Pipeline, servers: Servers, metrics: WorkerMetrics) -> ModelWatch:
    registry = open_registry(settings)

    def load(version: int) -> Classifier:
        with allocation.loading():
            return load_version(settings, registry, version)

    metrics.serves(pipeline.classifier.version)
    reloader = Reloader(registry, load, pipeline.classifier.version, metrics)
    shadow = Shadow(load, lambda: datetime.now(UTC))
    return ModelWatch(servers.state, reloader, shadow, settings.model_poll_s)


def _make_loop(
    settings: WorkerSettings, stages: Stages, servers: Servers, models: Models, worker_id: str
) -> WorkerLoop:
    keys = KeySpace(settings.shards)
    foreign = ForeignKeys()
    stages.metrics.tells(foreign)
    publisher = Publisher(servers.frames, keys, settings.max_results_per_camera, settings.max_dead_letters, foreign)
    # A state server that hangs must not hold frames up.
    state = connect_for_looks(settings.state_redis)
    group = FrameGroup(servers.frames, keys, worker_id, foreign)
    return WorkerLoop(state, group, stages, publisher, settings, models)


def _missing(servers: Servers) -> str:
    """What keeps this worker from its work; the model is loaded before probes are served."""
    try:
        servers.frames.ping()
        servers.state.ping()
    except redis.RedisError as error:
        return f"a Redis server does not answer: {error}"
    return ""


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


if __name__ == "__main__":
    sys.exit(main())
