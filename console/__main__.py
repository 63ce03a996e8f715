"""The console process: serves the metrics of the whole system."""

import logging
import os
import signal
import socket
import sys
import threading
from datetime import UTC, datetime

import redis

from console import overview
from console.areas import reading as areas
from console.areas.exporter import AreaCollector
from console.counting.last_day import LastDay
from console.exporter import SystemCollector
from console.training import exporter as trainings
from console.training.exporter import TrainingCollector
from console.webhooks import reading as webhooks
from console.webhooks.exporter import WebhookCollector
from shared import heartbeats, logs
from shared.connections import Servers, ServerUnreachable, check_reachable, connect_both
from shared.messages import ProcessInfo
from shared.probes import PortInUse, ProbeServer
from shared.process_metrics import process_registry
from shared.settings import ConsoleSettings, InvalidSetting, UnknownSetting, load
from shared.streams import KeySpace

_log = logging.getLogger(__name__)


def main() -> int:
    """Serve until told to stop; 2 when it cannot start."""
    try:
        settings = load(ConsoleSettings)
        logs.configure("console", settings.log_level)
        for url in {settings.frames_redis, settings.state_redis}:
            check_reachable(url)
        servers = connect_both(settings.frames_redis, settings.state_redis)
        keys = KeySpace(settings.shards)
        registry, last_day = process_registry(), LastDay()
        registry.register(SystemCollector(lambda: overview.read(servers, keys, last_day)))
        registry.register(TrainingCollector(lambda: trainings.read(servers.state)))
        registry.register(AreaCollector(lambda: areas.read_all(servers.state)))
        registry.register(WebhookCollector(lambda: webhooks.read_all(servers.state)))
        probes = ProbeServer(settings.console_host, settings.console_port, registry, lambda: _missing(servers))
    except (UnknownSetting, InvalidSetting, ServerUnreachable, PortInUse) as error:
        print(f"console: {error}", file=sys.stderr)
        return 2
    _serve(probes, servers, settings)
    return 0


def _serve(probes: ProbeServer, servers: Servers, settings: ConsoleSettings) -> None:
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    probes.start()
    _log.info("serving metrics on %s/metrics", probes.url)
    info = _introduce(settings.process_name, f"{probes.url}/metrics")
    is_heard = _beat(servers.state, info, was_heard=True)
    while not stopped.wait(settings.heartbeat_interval_s):
        is_heard = _beat(servers.state, info, was_heard=is_heard)
    probes.close()
    _say_goodbye(servers, info.id)


def _introduce(name: str, metrics_url: str) -> ProcessInfo:
    now, host, pid = datetime.now(UTC), socket.gethostname(), os.getpid()
    identity = f"console-{host}-{pid}"
    return ProcessInfo(
        id=identity,
        name=name,
        role="console",
        pid=pid,
        host=host,
        started_at=now,
        heartbeat_at=now,
        metrics_url=metrics_url,
    )


def _beat(state: redis.Redis, info: ProcessInfo, *, was_heard: bool) -> bool:
    try:
        heartbeats.write(state, info.model_copy(update={"heartbeat_at": datetime.now(UTC)}))
    except redis.RedisError as error:
        if was_heard:
            _log.warning("the state server is away: %s", error)
        return False
    return True


def _say_goodbye(servers: Servers, process_id: str) -> None:
    try:
        heartbeats.remove(servers.state, process_id)
    except redis.RedisError as error:
        _log.warning("could not say goodbye: %s", error)
    servers.close()


def _missing(servers: Servers) -> str:
    for role, client in (("frames", servers.frames), ("state", servers.state)):
        try:
            client.ping()
        except redis.RedisError as error:
            return f"the {role} server does not answer: {error}"
    return ""


if __name__ == "__main__":
    sys.exit(main())
