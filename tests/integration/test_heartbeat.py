"""Pictures of known faces through producers, workers and events workers in processes of their own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import cast

import pytest

from producer.heartbeat.burst import Bursts
from producer.heartbeat.picture import known_faces
from shared import heartbeats, leases
from shared.cameras import Camera
from shared.connections import Servers
from shared.heartbeat_faces import FRAMES
from shared.settings import ProducerSettings
from shared.streams import CAMERAS, HEARTBEAT_CAMERA, HEARTBEAT_LEASE, KeySpace
from tests.integration.system import draw_clip
from tests.waiting import eventually
from tests.worker.events.heartbeat.bursts import outcomes, told

KEYS = KeySpace()
PATIENCE_S = 90.0
QUICK = {
    "HEARTBEAT_FACES_S": "2",
    "PRODUCER_LEASE_MS": "1000",
    "EVENTS_LEASE_MS": "1000",
    "DETECTOR": "maskwatch",
    "WORKER_THREADS": "1",
    "MAX_FRAME_AGE_S": "60",
}

Process = subprocess.Popen[bytes]


@contextmanager
def _process(url: str, log: Path, module: str, **settings: str) -> Iterator[Process]:
    variables = {"FRAMES_REDIS": url, "STATE_REDIS": url, **QUICK, **settings}
    environment = os.environ | {f"MASKWATCH_{name}": value for name, value in variables.items()}
    with log.open("ab") as errors:
        process = subprocess.Popen([sys.executable, "-m", module], env=environment, stderr=errors)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def _processes(url: str, log: Path, *modules: str, **settings: str) -> Iterator[list[Process]]:
    with ExitStack() as stack:
        yield [stack.enter_context(_process(url, log, module, **settings)) for module in modules]


@contextmanager
def _judging(servers: Servers, url: str, log: Path, *modules: str, **settings: str) -> Iterator[list[Process]]:
    """These processes beside a worker and an events worker that are ready before them."""
    with _processes(url, log, "worker", "worker.events", **settings):
        eventually(lambda: _runs(servers, "worker") and _runs(servers, "events"), PATIENCE_S)
        with _processes(url, log, *modules, **settings) as running:
            yield running


def _runs(servers: Servers, role: str) -> bool:
    return any(each.role == role for each in heartbeats.read(servers.state))


def _decided(servers: Servers) -> int:
    return int(told(servers.state).get("decided", 0))


def test_it_comes_out_right_and_is_counted_as_nobody(servers: Servers, redis_url: str, tmp_path: Path) -> None:
    clip = draw_clip(tmp_path / "masked.mp4", has_mask=True, seconds=3)
    camera = Camera.model_validate({"id": "gate", "source": str(clip), "epoch": 1})
    servers.state.hset(CAMERAS, "gate", camera.model_dump_json())
    review = {"REVIEW": str(tmp_path / "review"), "REVIEW_MAX_CONFIDENCE": "1", "REVIEW_INTERVAL_S": "0"}
    with _judging(servers, redis_url, tmp_path / "log", "producer", **review):
        eventually(lambda: outcomes(servers.state).get("right", 0) >= 2, PATIENCE_S)
        eventually(lambda: servers.state.hget(KEYS.checkpoint("gate"), "done_epoch") == b"1", PATIENCE_S)
    known = told(servers.state)
    assert outcomes(servers.state) == {"right": _decided(servers)}
    assert (known["right:with_mask"], known["right:without_mask"]) == ("1", "1")
    assert float(known["sent_at"]) > 0
    assert float(known["duration_s"]) > 0
    counts = cast("dict[bytes, bytes]", servers.state.hgetall(KEYS.counts("gate")))
    assert {name: value for name, value in counts.items() if name.startswith((b"people:", b"violations"))} == {
        b"people:with_mask": b"1"
    }
    assert _left_behind(servers) == {KEYS.frames(HEARTBEAT_CAMERA), KEYS.results(HEARTBEAT_CAMERA), _fence()}
    kept = [each.name for each in (tmp_path / "review").rglob("*")] if (tmp_path / "review").exists() else []
    assert not any(HEARTBEAT_CAMERA in name for name in kept)
    results = cast("list[tuple[bytes, dict[bytes, bytes]]]", servers.frames.xrange(KEYS.results(HEARTBEAT_CAMERA)))
    assert all(list(fields) == [b"result"] for _, fields in results)


def _left_behind(servers: Servers) -> set[str]:
    """Every key of the camera that is none."""
    return {key.decode() for key in cast("list[bytes]", servers.state.keys(f"*{HEARTBEAT_CAMERA}*"))}


def _fence() -> str:
    return KEYS.fence(HEARTBEAT_CAMERA)


def test_events_workers_that_are_killed_in_the_middle_neither_lose_nor_double_one(
    servers: Servers, redis_url: str, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with _process(redis_url, log, "worker"):
        eventually(lambda: _runs(servers, "worker"), PATIENCE_S)
        with _process(redis_url, log, "producer"):
            for _ in range(3):
                with _process(redis_url, log, "worker.events") as events:
                    eventually(partial(_is_past, servers, _decided(servers)), PATIENCE_S)
                    eventually(lambda: _results(servers) % FRAMES, PATIENCE_S)
                    events.send_signal(signal.SIGKILL)
                    events.wait()
            with _process(redis_url, log, "worker.events"):
                eventually(partial(_is_past, servers, int(told(servers.state)["epoch"])), PATIENCE_S)
    assert outcomes(servers.state) == {"right": _decided(servers)}


def _is_past(servers: Servers, epoch: int) -> bool:
    return _decided(servers) > epoch


def _results(servers: Servers) -> int:
    return int(servers.frames.xlen(KEYS.results(HEARTBEAT_CAMERA)))


@pytest.mark.long
def test_without_a_worker_it_is_lost(servers: Servers, redis_url: str, tmp_path: Path) -> None:
    with _processes(redis_url, tmp_path / "log", "worker.events", "producer", MAX_FRAME_AGE_S="1"):
        eventually(lambda: outcomes(servers.state).get("lost", 0) >= 2, PATIENCE_S)
    assert set(outcomes(servers.state)) == {"lost"}
    assert "counted_at" not in told(servers.state)


@pytest.mark.long
def test_a_picture_that_is_not_what_is_expected_is_wrong(servers: Servers, redis_url: str, tmp_path: Path) -> None:
    lease = leases.acquire(servers.state, HEARTBEAT_LEASE, "test", 60_000)
    assert lease is not None
    with _processes(redis_url, tmp_path / "log", "worker", "worker.events"):
        Bursts(servers, ProducerSettings(), known_faces(right_masked=False)).send(lease, 60)
        eventually(lambda: outcomes(servers.state), PATIENCE_S)
    assert outcomes(servers.state) == {"wrong": 1}
    assert told(servers.state)["right:with_mask"] == "0"
    assert told(servers.state)["right:without_mask"] == "1"


@pytest.mark.long
@pytest.mark.parametrize("stopped_by", [signal.SIGKILL, signal.SIGTERM])
def test_of_two_producers_one_sends_and_the_other_goes_on(
    servers: Servers, redis_url: str, tmp_path: Path, stopped_by: signal.Signals
) -> None:
    log = tmp_path / "log"
    with _judging(servers, redis_url, log, "producer", "producer") as producers:
        eventually(lambda: outcomes(servers.state).get("right", 0) >= 2, PATIENCE_S)
        owner = cast("bytes", servers.state.hget(HEARTBEAT_LEASE, "owner")).decode()
        sender = next(each for each in producers if f"-{each.pid}-" in owner)
        sender.send_signal(stopped_by)
        sender.wait()
        before = outcomes(servers.state)["right"]
        eventually(lambda: outcomes(servers.state)["right"] >= before + 2, PATIENCE_S)
    assert outcomes(servers.state).get("wrong", 0) == 0
    assert outcomes(servers.state).get("lost", 0) <= (stopped_by is signal.SIGKILL)


@pytest.mark.long
def test_switched_off_nothing_is_sent_or_read(servers: Servers, redis_url: str, tmp_path: Path) -> None:
    modules = ("worker", "worker.events", "producer")
    with _processes(redis_url, tmp_path / "log", *modules, HEARTBEAT_FACES_S="0"):
        eventually(lambda: told(servers.state), PATIENCE_S)
        eventually(lambda: all(_runs(servers, role) for role in ("worker", "events", "producer")), PATIENCE_S)
    assert told(servers.state) == {"interval_s": "0"}
    assert _left_behind(servers) == set()
