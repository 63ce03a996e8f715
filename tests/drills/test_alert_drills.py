"""Every alert fires once: a system on which whatever they tell of is made to happen, under a real Prometheus."""

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from shared import heartbeats
from shared.connections import connect
from shared.messages import ProcessInfo
from shared.streams import HEADER, JPEG, KeySpace
from tests.drills.cameras import CameraProcess, mjpeg
from tests.drills.drawn_people import Person, Phase, draw_people
from tests.drills.timings import Timings
from tests.integration.system import System, maskwatch, running
from tests.producer.servers import free_port
from tests.waiting import eventually
from tests.watching.hurried import FASTER, hurried_rules
from tests.watching.prometheus import Prometheus, needs_prometheus, watching
from tests.worker.webhooks.receiver import running_receiver

pytestmark = [needs_prometheus, pytest.mark.long, pytest.mark.timeout(600)]

SETTINGS = {
    "MASKWATCH_HEARTBEAT_FACES_S": "2",
    "MASKWATCH_FROZEN_AFTER_S": "1",
    # Of a worker that hangs so many frames are lost, however low rates are: minutes are seconds here.
    "MASKWATCH_FRESH_WITHIN_S": "0.5",
}
DAY_S = 86_400 // FASTER


@dataclass
class Watch:
    """Looks again and again at what fires; notes when each alert fired first."""

    prometheus: Prometheus
    fired: dict[str, float] = field(default_factory=dict)
    began_at: float = field(default_factory=time.monotonic)

    def until(self, *alerts: str, timeout_s: float = 120) -> None:
        """Wait until all of these have fired."""
        try:
            eventually(lambda: set(alerts) <= self._look(), timeout_s, 0.5)
        except AssertionError:
            pytest.fail(f"{set(alerts) - self._look()} did not fire, {self._look()} did")

    def _look(self) -> set[str]:
        for alert in self.prometheus.firing():
            self.fired.setdefault(alert, time.monotonic() - self.began_at)
        return set(self.fired)


def test_every_alert_fires_when_what_it_tells_of_happens(tmp_path: Path, timings: Timings) -> None:
    names = hurried_rules(tmp_path / "alerts.yml")
    port = free_port()
    _usual_days(tmp_path)
    with watching(tmp_path / "prometheus", f"http://127.0.0.1:{port}", tmp_path / "alerts.yml") as prometheus:
        watch = Watch(prometheus)
        with _troubled(tmp_path, port) as system:
            eventually(lambda: "worker" in prometheus.roles_up() and not prometheus.firing() - {"Watchdog"}, 60, 0.5)
            _what_goes_wrong_beside_the_cameras(system, watch)
            _stopped_processes(system, watch)
        with running(tmp_path / "data", "--port", str(port), env=SETTINGS | {"MASKWATCH_MIN_FACE_PX": "400"}) as system:
            watch.until("HeartbeatWrong")
            _servers_that_are_gone(system, watch)
    for alert, at_s in watch.fired.items():
        timings.note("alerts", alert, at_s)
    assert names <= watch.fired.keys()


@contextmanager
def _troubled(folder: Path, port: int) -> Iterator[System]:
    """A system with a camera that is away, one that is frozen, and one before which many people pass."""
    people = [Person(x, 0.5, (Phase(4, "bare"),)) for x in (130, 320, 510)]
    clip = draw_people(folder / "passing.mp4", people, seconds=8)
    camera_port = free_port()
    frozen = CameraProcess(f"http://127.0.0.1:{camera_port}/video", mjpeg(camera_port))
    frozen.give("same")
    cameras = {"away": "rtsp://127.0.0.1:9/none", "frozen": frozen.url, "passing": f"loop:{clip}"}
    options = [option for name, source in cameras.items() for option in ("--camera", f"{name}={source}")]
    try:
        with running(folder / "data", "--port", str(port), *options, env=SETTINGS) as system:
            eventually(lambda: system.processes("worker"), 60, 0.2)
            yield system
    finally:
        frozen.kill()


def _what_goes_wrong_beside_the_cameras(system: System, watch: Watch) -> None:
    run = json.loads((system.data / "run.json").read_text())
    frames, state = connect(run["frames_redis"]), connect(run["state_redis"])
    data = ("--data", str(system.data))
    _schedule(system, run["state_redis"])
    for number in range(30):
        garbage: dict[Any, Any] = {HEADER: b"{", JPEG: b"%d" % number}
        frames.xadd(KeySpace().frames("passing"), garbage)
    (system.data / "models/mask/current.json").write_text('{"version": 99}')
    with _lying_process(state), running_receiver() as receiver:
        receiver.answer = lambda _: 400
        maskwatch("webhook", "add", "dead", "http://127.0.0.1:9/hook", *data)
        maskwatch("webhook", "add", "refusing", receiver.url, *data)
        watch.until("CameraDown", "CameraFrozen", "DeadLetters", "ModelReloadFailed", "TargetDown", "Watchdog")
        watch.until("WebhookStuck", "WebhookLost", "WatchingFails", "ViolationSurge")
        frames.config_set("maxmemory", int(frames.info("memory")["used_memory"] * 1.1))
        watch.until("RedisMemoryHigh")
        frames.config_set("maxmemory", 0)
        frames.delete(KeySpace().frames("away"))
        frames.set(KeySpace().frames("away"), "no stream")
        watch.until("KeyOfWrongKind")
        frames.delete(KeySpace().frames("away"))
        watch.until("TrainingOverdue", timeout_s=150)
    frames.close()
    state.close()


def _schedule(system: System, state_redis: str) -> None:
    """Trainings each minute, of pictures that are not there."""
    pictures = system.data.parent / "pictures"
    (pictures / "with_mask").mkdir(parents=True)
    (pictures / "without_mask").mkdir()
    maskwatch("train", "--data", str(pictures), "--redis", state_redis, "--every", "1m")


@contextmanager
def _lying_process(state: Any) -> Iterator[None]:  # noqa: ANN401 - a client of redis-py
    """A process that says that it lives, and does not answer at the address that it says."""
    stopped = threading.Event()
    began_at = datetime.now(UTC)

    def beat() -> None:
        while not stopped.wait(0.5):
            info = ProcessInfo(
                id="liar", name="liar", role="trainer", pid=1, host="box", started_at=began_at,
                heartbeat_at=datetime.now(UTC), metrics_url="http://127.0.0.1:9/metrics",
            )  # fmt: skip
            heartbeats.write(state, info)

    thread = threading.Thread(target=beat)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def _stopped_processes(system: System, watch: Watch) -> None:
    """A worker hangs for longer than the heartbeat may be old; then a producer."""
    with _stopped(system, "worker"):
        watch.until("NoWorkers", "FramesDropped", "HeartbeatStale", timeout_s=150)
    watch.until("PipelineLate", timeout_s=60)
    with _stopped(system, "producer"):
        watch.until("ProcessMissing", timeout_s=60)


def _servers_that_are_gone(system: System, watch: Watch) -> None:
    """What starts them again is stopped first."""
    (console,) = system.processes("console")
    children = Path(f"/proc/{system.process.pid}/task/{system.process.pid}/children").read_text().split()
    (frames,) = [int(pid) for pid in children if b"frames-server" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    os.kill(system.process.pid, signal.SIGSTOP)
    try:
        os.kill(frames, signal.SIGKILL)
        watch.until("RedisDown", timeout_s=60)
        os.kill(console.pid, signal.SIGKILL)
        watch.until("MaskwatchDown", timeout_s=60)
    finally:
        os.kill(system.process.pid, signal.SIGCONT)


@contextmanager
def _stopped(system: System, role: str) -> Iterator[None]:
    (process,) = system.processes(role)
    os.kill(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process.pid, signal.SIGCONT)


def _usual_days(folder: Path) -> None:
    """Put into Prometheus's data that one person without a mask passed in that hour of each of the last days."""
    now = int(time.time())
    times = [now - day * DAY_S + minute * 60 for day in range(7, 0, -1) for minute in range(-2, 12)]
    lines = [f'camera:maskwatch_violations:increase1h{{camera="passing"}} 1 {at}' for at in times]
    samples = folder / "usual.txt"
    samples.write_text("\n".join(["# TYPE camera:maskwatch_violations:increase1h gauge", *lines, "# EOF", ""]))
    data = folder / "prometheus" / "data"
    data.mkdir(parents=True)
    command = ["promtool", "tsdb", "create-blocks-from", "openmetrics", str(samples), str(data)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
