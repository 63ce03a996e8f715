"""One worker that is far too slow for its cameras: what gives way, who is still judged, and that all comes back."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from shared import heartbeats
from shared.messages import FrameResult
from shared.streams import RESULT, CountField
from tests.drills.site import KEYS, Site
from tests.drills.timings import Timings
from tests.waiting import eventually

pytestmark = [pytest.mark.timeout(300), pytest.mark.slow, pytest.mark.long]

CAMERAS = [f"camera-{n}" for n in range(6)]
FPS = 5.0
OVERLOADED_S = 25.0
_STANDS_S, _GOES_S = 0.16, 0.04  # the worker has a fifth of the time


@pytest.fixture
def site(redis_url: str, tmp_path: Path) -> Iterator[Site]:
    running = Site(redis_url, tmp_path)
    yield running
    running.end()


@contextmanager
def _process(module: str, redis_url: str, folder: Path) -> "Iterator[subprocess.Popen[bytes]]":
    addresses = {"MASKWATCH_FRAMES_REDIS": redis_url, "MASKWATCH_STATE_REDIS": redis_url}
    with (folder / f"{module}.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", module], env=os.environ | addresses, stderr=log)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.wait()


@contextmanager
def _slowed(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    over = threading.Event()

    def slow() -> None:
        while not over.wait(_GOES_S):
            process.send_signal(signal.SIGSTOP)
            over.wait(_STANDS_S)
            process.send_signal(signal.SIGCONT)

    thread = threading.Thread(target=slow)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _metric(site: Site, name: str) -> float:
    producer = next(each for each in heartbeats.read(site.servers.state) if each.role == "producer")
    lines = requests.get(producer.metrics_url, timeout=5).text.splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith(f"{name} "))


def _counted(site: Site, camera: str) -> dict[str, int]:
    stored: Any = site.servers.state.hgetall(KEYS.counts(camera))
    return {name.decode(): int(value) for name, value in stored.items()}


def _ended(site: Site, camera: str) -> int:
    kinds = {CountField.PROCESSED, CountField.DROPPED, CountField.DEAD_LETTERED}
    return sum(count for name, count in _counted(site, camera).items() if name.partition(":")[0] in kinds)


def _late_s(results: list[tuple[float, FrameResult]], since: float) -> list[float]:
    """How long after its capture each frame was judged, of those judged after an instant, in order of size."""
    judged = [(at, each) for at, each in results if each.outcome == "processed" and at >= since]
    return sorted(at - each.captured_at.timestamp() for at, each in judged)


def _results(site: Site) -> list[tuple[float, FrameResult]]:
    found = []
    for camera in CAMERAS:
        entries: Any = site.servers.frames.xrange(KEYS.results(camera))
        for entry_id, fields in entries:
            found.append((int(entry_id.split(b"-")[0]) / 1000, FrameResult.model_validate_json(fields[RESULT])))
    return found


def test_too_slow_a_worker_costs_rates_alike_and_neither_freshness_nor_a_camera(
    site: Site, redis_url: str, tmp_path: Path, timings: Timings
) -> None:
    for camera in CAMERAS:
        site.attach(camera, "demo:bare", fps=FPS, motion="off")
    with _process("worker", redis_url, tmp_path) as worker, _process("worker.events", redis_url, tmp_path):
        producer = site.start_producer()
        eventually(lambda: all(_counted(site, each).get("processed", 0) >= 10 for each in CAMERAS), 60)
        with _slowed(worker):
            eventually(lambda: _metric(site, "maskwatch_load_rate_factor_ratio") < 0.9, 30)
            time.sleep(OVERLOADED_S / 2)
            since = time.time()
            time.sleep(OVERLOADED_S)
            until = time.time()
        began_at = time.monotonic()
        eventually(lambda: _metric(site, "maskwatch_load_rate_factor_ratio") == 1, 120, interval_s=0.5)
        timings.note("overload", "over, until all frames are sent again", time.monotonic() - began_at)
        producer.send_signal(signal.SIGTERM)
        producer.wait(20)
        results = _results(site)
        eventually(lambda: sum(_ended(site, each) for each in CAMERAS) >= len(results), 30)
        results = _results(site)
    during = [(at, each) for at, each in results if since <= at < until]
    late_s = _late_s(during, since)
    timings.note("overload", "p95 from capture to judgement", late_s[int(0.95 * len(late_s))])
    judged = [sum(each.camera == camera and each.outcome == "processed" for _, each in during) for camera in CAMERAS]
    timings.note("overload", "frames judged a second", len(late_s) / OVERLOADED_S)
    assert len(late_s) < 0.8 * FPS * OVERLOADED_S * len(CAMERAS)
    assert min(judged) > 0.6 * max(judged)
    assert min(judged) >= OVERLOADED_S / 5 - 1  # the promise of freshness
    _assert_all_ended_once(site, results)


def _assert_all_ended_once(site: Site, results: list[tuple[float, FrameResult]]) -> None:
    for camera in CAMERAS:
        numbers = sorted(each.sequence for _, each in results if each.camera == camera)
        assert numbers == list(range(len(numbers)))
        assert _ended(site, camera) == len(numbers)
        assert _counted(site, camera)["dropped:throttled"] > 0
        assert "dropped:lost" not in _counted(site, camera)
