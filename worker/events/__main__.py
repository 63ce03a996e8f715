"""``python -m worker.events``: one events worker, until SIGTERM or SIGINT."""

import contextlib
import logging
import os
import secrets
import signal
import socket
import sys
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import redis

from shared import durability, logs
from shared.connections import Servers, ServerUnreachable, check_servers, connect_both
from shared.load_meter import Totals
from shared.messages import ProcessInfo
from shared.probes import PortInUse, ProbeServer
from shared.process_metrics import process_registry
from shared.review import ReviewFolder
from shared.settings import EventsSettings, InvalidSetting, UnknownSetting, load
from shared.snapshot_store import SnapshotStore
from worker.events.areas.stage import AreasStage
from worker.events.heart import Heart, RedisTime
from worker.events.heartbeat.stage import HeartbeatStage
from worker.events.metrics import EventsMetrics
from worker.events.review_writer import ReviewWriter
from worker.events.stage import EventsStage
from worker.webhooks.stage import WebhookStage

if TYPE_CHECKING:
    from worker.events.snapshots.writer import SnapshotWriter

log = logging.getLogger("worker.events")


def main() -> int:
    """Run until told to stop; 2 when it cannot start, with one line that says why."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        settings = load(EventsSettings)
        check_servers(settings.frames_redis, settings.state_redis, "events")
        run(settings, stop)
    except (UnknownSetting, InvalidSetting, ServerUnreachable, PortInUse) as error:
        print(f"worker.events: {error}", file=sys.stderr)
        return 2
    return 0


def run(settings: EventsSettings, stop: threading.Event) -> None:
    """Judge until ``stop`` is set, then give the leases back."""
    # In containers host and pid are the same after each restart, and leases are those of who has the name.
    process_id = f"events-{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(2)}"
    logs.configure(process_id, settings.log_level)
    servers = connect_both(settings.frames_redis, settings.state_redis)
    with contextlib.suppress(redis.RedisError):  # away again: the loop waits for it and says so
        for doubt in durability.doubts(servers.state):
            log.warning(doubt)
    registry = process_registry()
    metrics = EventsMetrics(registry)
    review = _review(settings, metrics)
    stage = EventsStage(servers, settings, process_id, metrics, review)
    probes = ProbeServer(settings.metrics_host, settings.metrics_port, registry, lambda: _missing(servers))
    probes.start()
    info = ProcessInfo(
        id=process_id,
        name=settings.process_name,
        role="events",
        pid=os.getpid(),
        host=socket.gethostname(),
        started_at=datetime.now(UTC),
        heartbeat_at=datetime.now(UTC),
        metrics_url=f"{probes.url}/metrics",
    )
    redis_time = RedisTime(settings.frames_redis, settings.state_redis)
    heart = Heart(
        servers.state,
        info,
        lambda: Totals(stage.frames_due, redis_s=redis_time.total_s()),
        settings.heartbeat_interval_s,
        stop,
    )
    heart.start()
    webhooks = WebhookStage(servers.state, settings, process_id)
    webhooks.start()
    areas = AreasStage(servers.state, settings, process_id)
    areas.start()
    faces = HeartbeatStage(servers, settings, process_id)
    faces.start()
    snapshots = _snapshots(settings, metrics, stage)
    stage.run(stop)
    if snapshots is not None:
        snapshots.close()
    faces.close()
    areas.close()
    webhooks.close()
    if review is not None:
        review.close()
    heart.join()
    redis_time.close()
    probes.close()
    servers.close()


def _review(settings: EventsSettings, metrics: EventsMetrics) -> ReviewWriter | None:
    if settings.review is None:
        return None
    writer = ReviewWriter(ReviewFolder(settings.review.expanduser()), settings, metrics)
    writer.start()
    return writer


def _snapshots(settings: EventsSettings, metrics: EventsMetrics, stage: EventsStage) -> "SnapshotWriter | None":
    if settings.snapshots is None:
        return None
    from worker.events.snapshots.writer import SnapshotWriter  # noqa: PLC0415 - loads OpenCV

    servers = connect_both(settings.frames_redis, settings.state_redis)
    store = SnapshotStore(settings.snapshots)
    writer = SnapshotWriter(servers, settings, store, metrics, stage.owned)
    writer.start()
    return writer


def _missing(servers: Servers) -> str:
    try:
        servers.frames.ping()
        servers.state.ping()
    except redis.RedisError as error:
        return f"a server does not answer: {error}"
    return ""


if __name__ == "__main__":
    sys.exit(main())
