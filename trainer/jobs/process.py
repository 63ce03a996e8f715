"""The trainer process: waits for jobs until it is told to stop. It never loads TensorFlow or OpenCV itself."""

import logging
import os
import secrets
import signal
import socket
import sys
from contextlib import closing
from datetime import UTC, datetime

import redis

from shared import logs
from shared.connections import check_servers, connect
from shared.messages import ProcessInfo
from shared.probes import ProbeServer
from shared.process_metrics import process_registry
from shared.settings import TrainerSettings, load
from shared.training_queue import open_queue
from trainer.jobs.cron import TrainingCron
from trainer.jobs.heart import Heart
from trainer.jobs.metrics import TrainerMetrics
from trainer.jobs.turn import Turn
from trainer.jobs.worker import TrainingWorker

_log = logging.getLogger(__name__)


def run() -> int:
    """Run jobs until SIGTERM or SIGINT; 1 when the work ended without being told to.

    Raises:
        UnknownSetting, InvalidSetting, ServerUnreachable, PortInUse: it cannot start; one line says why.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))  # until the work begins, which has its own
    settings = load(TrainerSettings)
    logs.configure("trainer", settings.log_level)
    check_servers(None, settings.state_redis, "trainer")
    state = connect(settings.state_redis)
    registry = process_registry()
    probes = ProbeServer(settings.metrics_host, settings.metrics_port, registry, lambda: _missing(state))
    with closing(state), closing(probes):
        probes.start()
        return _work(settings, state, f"{probes.url}/metrics", TrainerMetrics(registry))


def _work(settings: TrainerSettings, state: redis.Redis, metrics_url: str, metrics: TrainerMetrics) -> int:
    info = _introduce(settings.process_name, metrics_url)
    queue = open_queue(state)
    turn = Turn(state, info.id, settings.trainer_lease_ms)
    worker = TrainingWorker(queue, turn, info.id, metrics.on_job)
    interval_s = min(settings.heartbeat_interval_s, settings.trainer_lease_ms / 4000)
    heart = Heart(state, info, turn, TrainingCron(queue), worker.give_up, interval_s)
    heart.start()
    # RQ tells each of its moves; ours say the same in our words.
    logging.getLogger("rq.worker").setLevel(logging.WARNING)
    _log.info("%s waits for trainings", info.id)
    try:
        worker.work()
    except redis.RedisError as error:
        _log.error("the state server failed: %s", error)
    finally:
        heart.stop()
    return 0 if worker.is_told_to_stop else 1


def _introduce(name: str, metrics_url: str) -> ProcessInfo:
    now, host, pid = datetime.now(UTC), socket.gethostname(), os.getpid()
    # In containers host and pid are the same after each restart, and a dead one's traces take a minute to go.
    identity = f"trainer-{host}-{pid}-{secrets.token_hex(2)}"
    return ProcessInfo(
        id=identity,
        name=name,
        role="trainer",
        pid=pid,
        host=host,
        started_at=now,
        heartbeat_at=now,
        metrics_url=metrics_url,
    )


def _missing(state: redis.Redis) -> str:
    try:
        state.ping()
    except redis.RedisError as error:
        return f"the state server does not answer: {error}"
    return ""
