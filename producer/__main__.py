"""``python -m producer``: reads cameras and publishes their frames until told to stop."""

import logging
import os
import signal
import socket
import sys
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import cv2
import redis

from producer import descriptors
from producer.heartbeat.sender import HeartbeatSender
from producer.load.load_watch import LoadWatch
from producer.load.waiting import WaitingFrames
from producer.metrics import ProducerMetrics
from producer.owning import camera_key
from producer.owning.camera_key import OtherCameraKey
from producer.owning.runners import RunnerFactory
from producer.owning.supervision import Supervision
from producer.publishing.outage import Outage
from shared import heartbeats, logs
from shared.connections import Servers, ServerUnreachable, check_servers, connect_both
from shared.load_meter import LoadMeter, Totals
from shared.logins import CameraKeyUnusable
from shared.messages import ProcessInfo
from shared.probes import PortInUse, ProbeServer
from shared.process_metrics import process_registry
from shared.settings import InvalidSetting, ProducerSettings, UnknownSetting, load
from shared.streams import KeySpace

_KEY_TROUBLE = (CameraKeyUnusable, OtherCameraKey)

STEP_S = 0.1
TRIM_S = 1.0


def main() -> int:
    """Run until SIGTERM or SIGINT; 0 after a clean stop, 2 if it cannot start."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        settings = load(ProducerSettings)
        logs.configure("producer", settings.log_level)
        descriptors.allow_as_many_as_the_system_does()
        cv2.setNumThreads(1)  # the cameras' own threads take turns: a reduced picture is too small to share
        check_servers(settings.frames_redis, settings.state_redis, "producer")
        Producer(settings).run(stop)
    except (UnknownSetting, InvalidSetting, ServerUnreachable, PortInUse, *_KEY_TROUBLE) as error:
        print(f"producer: {error}", file=sys.stderr)
        return 2
    return 0


class Producer:
    """The process: its connections, its probes, its heartbeat and its cameras."""

    def __init__(self, settings: ProducerSettings) -> None:
        """Bind the probes' port; nothing is attached yet.

        Raises:
            PortInUse, CameraKeyUnusable, OtherCameraKey: see there.
        """
        registry = process_registry()
        keys = KeySpace(settings.shards)
        self._settings = settings
        self._started_at = datetime.now(UTC)
        self._id = f"producer-{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:6]}"
        self._servers: Servers = connect_both(settings.frames_redis, settings.state_redis)
        key = camera_key.load(settings)
        if key is not None:
            camera_key.publish(self._servers.state, key)
        metrics = ProducerMetrics(registry)
        runners = RunnerFactory(self._servers, keys, settings, self._id, metrics, key)
        self._supervision = Supervision(self._servers, keys, settings, self._id, runners)
        metrics.tells(self._supervision.foreign)
        waiting = WaitingFrames(self._servers.frames, keys)
        self._load_watch = LoadWatch(
            waiting, self._supervision.live_cameras, runners.load, metrics, settings.late_after_ms / 1000
        )
        self._load_board = runners.load
        self._faces = HeartbeatSender(self._servers, settings, self._id)
        self._state_outage = Outage("state server")
        self._frames_outage = Outage("frames server")
        self._probes = ProbeServer(settings.metrics_host, settings.metrics_port, registry, self._missing)
        self._heartbeat_due_at = 0.0
        self._load = LoadMeter()

    def run(self, stop: threading.Event) -> None:
        """Run cameras until ``stop`` is set, then give them back."""
        self._probes.start()
        logging.getLogger(__name__).info("ready, probes at %s", self._probes.url)
        # In a thread of its own, since a frames server that hangs must not keep leases from being renewed.
        trimming = threading.Thread(
            target=_repeat, args=(stop, TRIM_S, self._supervision.trim_frames, self._frames_outage), daemon=True
        )
        trimming.start()
        self._load_watch.start(stop)
        self._faces.start()
        _repeat(stop, STEP_S, self._step, self._state_outage)
        self._close()

    def _step(self) -> None:
        now = time.monotonic()
        self._supervision.step(now)
        if now >= self._heartbeat_due_at:
            heartbeats.write(self._servers.state, self._info())
            self._heartbeat_due_at = now + self._settings.heartbeat_interval_s

    def _info(self) -> ProcessInfo:
        captured = self._supervision.captured()
        return ProcessInfo(
            id=self._id,
            name=self._settings.process_name,
            role="producer",
            pid=os.getpid(),
            host=socket.gethostname(),
            started_at=self._started_at,
            heartbeat_at=datetime.now(UTC),
            metrics_url=f"{self._probes.url}/metrics",
            frames_per_second=self._supervision.frames_per_second(),
            frames_total=captured,
            load=self._load.measure(Totals(captured)),
            load_level=self._load_board.relief.level,
        )

    def _missing(self) -> str:
        silent = [each.what for each in (self._state_outage, self._frames_outage) if each.is_on]
        return "".join(f"{what} does not answer" for what in silent[:1])

    def _close(self) -> None:
        try:
            self._supervision.close()
            self._faces.close()
            heartbeats.remove(self._servers.state, self._id)
        except redis.RedisError as error:
            # The leases run out by themselves; a stop must not fail for a server that is away.
            self._state_outage.begin(error)
        self._probes.close()
        self._servers.close()


def _repeat(stop: threading.Event, interval_s: float, do: Callable[[], None], outage: Outage) -> None:
    """Do something every ``interval_s`` seconds until stopped, whether or not its server answers."""
    while not stop.wait(interval_s):
        try:
            do()
        except redis.RedisError as error:
            outage.begin(error)
        else:
            outage.end()


if __name__ == "__main__":
    sys.exit(main())
