import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shared import heartbeats
from shared.connections import Servers
from shared.messages import FrameOutcome, ProcessInfo
from tests.waiting import eventually
from tests.worker.drawn import a_header, a_jpeg, a_scene
from tests.worker.feed import Feed
from worker.classifier import SHIPPED_MODELS

START_S = 40.0  # a busy machine takes its time to load OpenCV
CROWDED = a_jpeg(a_scene((200, 200, 120), (450, 220, 160), width=1280, height=720))

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(redis_url: str) -> Iterator[Start]:
    """Starts real worker processes; those that still run at the end are killed."""
    running: list[subprocess.Popen[str]] = []

    def started(**variables: str) -> "subprocess.Popen[str]":
        defaults = {
            "FRAMES_REDIS": redis_url,
            "STATE_REDIS": redis_url,
            "WORKER_THREADS": "1",
            "HEARTBEAT_INTERVAL_S": "0.1",
            "CLAIM_MIN_IDLE_MS": "1000",
            "CLAIM_INTERVAL_S": "0.1",
            "REGISTRY": str(SHIPPED_MODELS),
        }
        ours = {f"MASKWATCH_{name}": value for name, value in (defaults | variables).items()}
        command = [sys.executable, "-m", "worker"]
        process = subprocess.Popen(command, env=os.environ | ours, stderr=subprocess.PIPE, text=True)
        running.append(process)
        return process

    yield started
    for process in running:
        process.kill()
        process.communicate()


def heartbeat_of(servers: Servers, process: "subprocess.Popen[str]") -> ProcessInfo:
    def own() -> ProcessInfo | None:
        return next((info for info in heartbeats.read(servers.state) if info.pid == process.pid), None)

    return eventually(own, START_S)  # type: ignore[return-value]


def status_of(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - the worker's own loopback address
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def stopped(process: "subprocess.Popen[str]") -> tuple[int, str]:
    """Exit code and error output after a polite stop."""
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=20)
    return process.returncode, errors


def test_a_worker_judges_tells_of_itself_and_stops_cleanly(servers: Servers, start: Start) -> None:
    feed = Feed(servers)
    feed.put(a_header(width=1280, height=720), CROWDED)
    process = start(DETECTOR="haar")
    beat = heartbeat_of(servers, process)
    eventually(feed.results, START_S)
    assert (beat.role, beat.detector) == ("worker", "haar")
    assert beat.model_version >= 1
    base = beat.metrics_url.removesuffix("/metrics")
    assert [status_of(base + path) for path in ("/metrics", "/healthz", "/readyz")] == [200, 200, 200]
    eventually(lambda: heartbeat_of(servers, process).frames_total == 1)
    code, errors = stopped(process)
    assert code == 0
    assert "compliance it reports is too low" in errors
    assert "Traceback" not in errors
    assert feed.consumers() == []
    assert heartbeats.read(servers.state) == []


def test_when_a_worker_is_killed_mid_batch_another_ends_every_frame_once(servers: Servers, start: Start) -> None:
    feeds = [Feed(servers, camera) for camera in ("gate", "yard")]
    victim = start()
    heartbeat_of(servers, victim)
    for feed in feeds:
        for sequence in range(20):
            feed.put(a_header(sequence, feed.camera, width=1280, height=720), CROWDED)
    # In hand but not ended: a batch of these takes the worker seconds.
    eventually(lambda: any(feed.results() for feed in feeds) and sum(feed.pending() for feed in feeds) >= 4, START_S)
    victim.kill()
    victim.wait()
    start()
    eventually(lambda: all(len(sequences(feed)) == 20 and feed.pending() == 0 for feed in feeds), 60)
    for feed in feeds:
        assert sequences(feed) == set(range(20))
        assert {result.outcome for result in feed.results()} == {FrameOutcome.PROCESSED}
        assert feed.dead_letters() == []


def sequences(feed: Feed) -> set[int]:
    return {result.sequence for result in feed.results()}


@pytest.mark.parametrize(
    ("variables", "complaint"),
    [
        pytest.param({"STATE_REDIS": "redis://:secret@127.0.0.1:1/0"}, "no Redis server answers", id="no server"),
        pytest.param({"DETECTOR": "yunet"}, "set MASKWATCH_YUNET_WEIGHTS", id="no weights"),
        pytest.param({"BATCH_FRAMES": "-1"}, "MASKWATCH_BATCH_FRAMES", id="a setting out of range"),
        pytest.param({"BATCH_FRAME": "8"}, "did you mean MASKWATCH_BATCH_FRAMES", id="a misspelt setting"),
        pytest.param({"REGISTRY": "/nowhere"}, "no model is promoted", id="no model"),
    ],
)
def test_a_worker_that_cannot_start_says_why_in_one_line(
    start: Start, servers: Servers, variables: dict[str, str], complaint: str
) -> None:
    process = start(**variables)
    _, errors = process.communicate(timeout=START_S)
    assert process.returncode == 2
    assert complaint in errors
    assert len(errors.strip().splitlines()) == 1
    assert "secret" not in errors


def test_a_corrupt_model_is_refused_in_one_line(start: Start, servers: Servers, registry_root: Path) -> None:
    manifest = next((registry_root / "mask").glob("*/manifest.json"))
    manifest.write_text("{}")
    process = start(REGISTRY=str(registry_root))
    _, errors = process.communicate(timeout=START_S)
    assert process.returncode == 2
    assert len(errors.strip().splitlines()) == 1
