"""The console process: serves page, API, live pictures and the metrics of the whole system."""

import logging
import os
import signal
import socket
import sys
import threading
from datetime import UTC, datetime

import redis

from console import collectors
from console.finding import RunningSystem
from console.web.access import Access
from console.web.app import create_app
from console.web.context import ApiContext
from console.web.serving import WebServer
from console.web.tokens import token_of
from deploy.local.data_folder import DataFolder
from shared import heartbeats, logs
from shared.connections import Servers, ServerUnreachable, check_servers, connect_both, connect_for_requests
from shared.load_meter import LoadMeter
from shared.messages import ProcessInfo
from shared.probes import PortInUse
from shared.process_metrics import process_registry
from shared.review import ReviewFolder
from shared.settings import ConsoleSettings, InvalidSetting, UnknownSetting, load
from shared.streams import KeySpace

_log = logging.getLogger(__name__)


def main() -> int:
    """Serve until told to stop; 2 when it cannot start."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    try:
        settings = load(ConsoleSettings)
        logs.configure("console", settings.log_level)
        # Neither every page that opens a connection nor what a stranger sends is news.
        logging.getLogger("uvicorn").setLevel(logging.ERROR)
        access = Access(token_of(settings))
        check_servers(settings.frames_redis, settings.state_redis, "console")
        servers = connect_both(settings.frames_redis, settings.state_redis, connect_for_requests)
        web = _web(settings, access, servers)
    except (UnknownSetting, InvalidSetting, ServerUnreachable, PortInUse) as error:
        print(f"console: {error}", file=sys.stderr)
        return 2
    _serve(web, servers, settings, stopped)
    return 0


def _web(settings: ConsoleSettings, access: Access, servers: Servers) -> WebServer:
    data = DataFolder(settings.data.expanduser().resolve()) if settings.data else None
    system = RunningSystem(servers, KeySpace(settings.shards), None, settings.state_redis, data)
    review = ReviewFolder(settings.review.expanduser().resolve()) if settings.review else None
    context = ApiContext(system, settings, review)
    registry = process_registry()
    collectors.register(registry, context)
    app = create_app(context, access, registry, lambda: _missing(servers))
    return WebServer(app, settings.console_host, settings.console_port)


def _serve(web: WebServer, servers: Servers, settings: ConsoleSettings, stopped: threading.Event) -> None:
    web.start()
    _log.info("serving on %s", web.url)
    info = _introduce(settings.process_name, f"{web.url}/metrics")
    meter = LoadMeter()
    is_heard = _beat(servers.state, info, meter, was_heard=True)
    while not stopped.wait(settings.heartbeat_interval_s):
        is_heard = _beat(servers.state, info, meter, was_heard=is_heard)
    web.close()
    _say_goodbye(servers, info.id)


def _introduce(name: str, metrics_url: str) -> ProcessInfo:
    now, host, pid = datetime.now(UTC), socket.gethostname(), os.getpid()
    return ProcessInfo(
        id=f"console-{host}-{pid}",
        name=name,
        role="console",
        pid=pid,
        host=host,
        started_at=now,
        heartbeat_at=now,
        metrics_url=metrics_url,
    )


def _beat(state: redis.Redis, info: ProcessInfo, meter: LoadMeter, *, was_heard: bool) -> bool:
    try:
        heartbeats.write(state, info.model_copy(update={"heartbeat_at": datetime.now(UTC), "load": meter.measure()}))
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
