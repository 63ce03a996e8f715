import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from producer.live.live_runner import LiveRunner
from producer.lossless.lossless_runner import LosslessRunner
from producer.metrics import ProducerMetrics
from producer.owning.camera_lease import CameraLease
from producer.owning.capture_board import CaptureBoard
from producer.owning.runners import RunnerFactory
from producer.owning.supervision import POLL_S, Supervision
from shared import leases
from shared.cameras import Camera
from shared.connections import Servers
from shared.logins import CameraKey, seal
from shared.settings import ProducerSettings
from shared.streams import CAMERAS
from tests.producer.builders import (
    KEYS,
    a_camera,
    assert_each_number_ended_once,
    attach,
    frames_of,
    refusing_writes,
    running_producer,
    sequences_of,
    state_of,
    status_of,
)
from tests.producer.servers import free_port, mjpeg_server
from tests.waiting import eventually

DOOR = {"name": "door", "corners": [(0, 0), (1, 0), (1, 1), (0, 1)]}


def test_a_bad_camera_leaves_its_neighbours_alone(servers: Servers, redis_url: str, tmp_path: Path) -> None:
    attach(servers, a_camera("missing", source=str(tmp_path / "nowhere.mp4")))
    attach(servers, a_camera("refused", source=f"rtsp://127.0.0.1:{free_port()}/live"))
    attach(servers, a_camera("wait", source="demo:bare", on_overload="wait"))
    servers.state.hset(CAMERAS, "mistyped", "{")
    attach(servers, a_camera("gate"))
    with running_producer(redis_url):
        eventually(lambda: len(sequences_of(servers)) >= 3)
        # One that is refused is being connected now and then.
        eventually(lambda: state_of(servers, "refused") == "backing_off")
        states = {each: state_of(servers, each) for each in ("missing", "wait", "gate")}
    assert states == {"missing": "failed", "wait": "failed", "gate": "live"}


def test_cameras_come_and_go_while_the_producer_runs(servers: Servers, redis_url: str) -> None:
    with running_producer(redis_url):
        attach(servers, a_camera("first"))
        attach(servers, a_camera("second"))
        eventually(lambda: state_of(servers, "first") == state_of(servers, "second") == "live")
        servers.state.hdel(CAMERAS, "first")
        eventually(lambda: state_of(servers, "first") == "stopped")
        assert state_of(servers, "second") == "live"


def test_a_changed_camera_starts_anew(servers: Servers, redis_url: str) -> None:
    attach(servers, a_camera(source="demo:bare"))
    with running_producer(redis_url):
        eventually(lambda: state_of(servers) == "live")
        attach(servers, a_camera(source="demo:masked"))
        eventually(lambda: (status := status_of(servers)) and status.epoch == 2 and status.state == "live")


def test_of_two_producers_one_has_the_camera_and_the_other_takes_over(servers: Servers, redis_url: str) -> None:
    attach(servers, a_camera())
    with running_producer(redis_url):
        with running_producer(redis_url):
            eventually(lambda: len(sequences_of(servers)) >= 3)
            first = status_of(servers)
        eventually(lambda: len(sequences_of(servers)) >= 6)
        second = status_of(servers)
    assert first is not None and second is not None
    assert sequences_of(servers).count(0) == len({first.producer, second.producer})


def test_a_producer_whose_lease_was_taken_stops_that_camera_at_once(servers: Servers, redis_url: str) -> None:
    attach(servers, a_camera())
    key = KEYS.producer_lease("gate")
    with running_producer(redis_url, producer_lease_ms=500):
        eventually(lambda: state_of(servers) == "live")
        servers.state.hset(key, mapping={"owner": "", "expires_at_ms": 0})
        assert leases.acquire(servers.state, key, "another producer", 1500)
        taken_at = datetime.now(UTC)
        eventually(lambda: 3 in {header.epoch for header, _ in frames_of(servers)})
        first_lease = [header.captured_at for header, _ in frames_of(servers) if header.epoch == 1]
    # It may trust its lease until that would have run out.
    assert first_lease[-1] - taken_at < timedelta(milliseconds=700)


def test_a_lease_that_cannot_be_renewed_is_trusted_only_until_it_runs_out(
    two_servers: Servers, two_redis_urls: tuple[str, str]
) -> None:
    frames_url, state_url = two_redis_urls
    attach(two_servers, a_camera(fps=10))
    with running_producer(frames_url, state_redis=state_url, producer_lease_ms=500):
        eventually(lambda: len(sequences_of(two_servers)) >= 3)
        with refusing_writes(two_servers.state):
            eventually(lambda: _silence_of(two_servers) > timedelta(seconds=0.7))
        eventually(lambda: _silence_of(two_servers) < timedelta(seconds=0.3))
    frames = frames_of(two_servers)
    assert {header.epoch for header, _ in frames} == {1}, "nobody else had it, so it went on"
    assert len(frames) < frames[-1][0].sequence, "what it did not dare to publish is told of, number by number"
    assert_each_number_ended_once(two_servers)


def _silence_of(servers: Servers) -> timedelta:
    return datetime.now(UTC) - frames_of(servers)[-1][0].captured_at


def test_a_stopped_producer_gives_its_leases_back(servers: Servers, redis_url: str) -> None:
    attach(servers, a_camera())
    with running_producer(redis_url):
        eventually(lambda: state_of(servers) == "live")
    assert leases.acquire(servers.state, KEYS.producer_lease("gate"), "the next", 1000)
    assert state_of(servers) == "stopped"


def test_another_rate_gate_or_zone_needs_no_new_connection(servers: Servers, redis_url: str) -> None:
    with mjpeg_server(interval_s=0.01) as source:
        attach(servers, a_camera(source=source.url(), fps=2, motion="off"))
        with running_producer(redis_url):
            eventually(lambda: len(sequences_of(servers)) >= 3)
            attach(servers, a_camera(source=source.url(), fps=50, motion="off", zones=[DOOR]))
            before = sequences_of(servers)[-1]
            eventually(lambda: sequences_of(servers)[-1] > before + 50, timeout_s=5)
        frames = frames_of(servers)
    assert {header.epoch for header, _ in frames} == {1}


def test_two_producers_share_cameras_out_and_one_that_leaves_leaves_them_to_the_other(
    servers: Servers, redis_url: str
) -> None:
    names = [f"camera-{number}" for number in range(5)]
    for name in names:
        attach(servers, a_camera(name))
    with running_producer(redis_url):
        eventually(lambda: _owners(servers, names) == [5])
        with running_producer(redis_url):
            eventually(lambda: _owners(servers, names) == [2, 3])
            eventually(lambda: all(state_of(servers, name) == "live" for name in names))
        eventually(lambda: _owners(servers, names) == [5])


def _owners(servers: Servers, names: list[str]) -> list[int]:
    """How many cameras each owner has, fewest first; nothing while one has none."""
    statuses = [status_of(servers, name) for name in names]
    owners = [status.producer for status in statuses if status is not None and status.state != "stopped"]
    return sorted(owners.count(owner) for owner in set(owners)) if len(owners) == len(names) else []


def test_a_login_is_opened_by_the_producer_alone(servers: Servers, redis_url: str, tmp_path: Path) -> None:
    key = CameraKey.at(tmp_path / "key")
    with mjpeg_server(login="guard:hunter2") as source:
        sealed = seal(source.url("guard:hunter2"), key.public)
        attach(servers, a_camera(source=source.url("***"), sealed_source=sealed))
        with running_producer(redis_url, camera_key_file=tmp_path / "key"):
            eventually(lambda: state_of(servers) == "live")


def test_a_login_in_a_file_that_changes_is_found_at_the_next_try(
    servers: Servers, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("producer.live.camera_reader._HOPELESS_RETRY_S", 0.2)
    login = tmp_path / "login"
    login.write_text("guard:wrong")
    with mjpeg_server(login="guard:hunter2") as source:
        attach(servers, a_camera(source=source.url(), login=f"file:{login}"))
        with running_producer(redis_url, camera_key_file=tmp_path / "key", max_backoff_s=0.2):
            eventually(lambda: state_of(servers) == "failed")
            login.write_text("guard:hunter2")
            eventually(lambda: state_of(servers) == "live")


@pytest.mark.parametrize("sealed_for_another", [True, False])
def test_a_login_that_cannot_be_opened_fails_that_camera_and_says_why(
    sealed_for_another: bool, servers: Servers, redis_url: str, tmp_path: Path
) -> None:
    other = CameraKey.at(tmp_path / "other")
    sealed = {"sealed_source": seal("rtsp://a:b@cam/1", other.public)} if sealed_for_another else {}
    attach(servers, a_camera(source="rtsp://***@cam/1", login=None if sealed else "env:NOWHERE", **sealed))
    attach(servers, a_camera("neighbour"))
    with running_producer(redis_url, camera_key_file=tmp_path / "key"):
        eventually(lambda: state_of(servers) == "failed" and state_of(servers, "neighbour") == "live")
        status = status_of(servers)
    assert status is not None
    assert ("give the login again" if sealed_for_another else "NOWHERE") in status.message


class _NoThreadFor(RunnerFactory):
    """Makes runners, of which that of one camera finds no thread left."""

    def make(self, camera: Camera, lease: CameraLease) -> tuple[CaptureBoard, LiveRunner | LosslessRunner]:
        board, runner = super().make(camera, lease)
        if camera.id == "second":
            runner.start = _no_thread  # type: ignore[method-assign]
        return board, runner


def _no_thread() -> None:
    raise RuntimeError("can't start new thread")


def test_a_camera_for_which_there_is_no_thread_is_left_to_another_producer(servers: Servers) -> None:
    for each in ("first", "second"):
        attach(servers, a_camera(each))
    settings = ProducerSettings()
    runners = _NoThreadFor(servers, KEYS, settings, "a", ProducerMetrics(CollectorRegistry()), None)
    supervision = Supervision(servers, KEYS, settings, "a", runners)
    supervision.step(time.monotonic())
    try:
        assert state_of(servers, "first") in {"connecting", "live"}
        status = status_of(servers, "second")
        assert status is not None and status.state == "failed" and "start another one" in status.message
        assert leases.free(servers.state, [KEYS.producer_lease("second")]) == [KEYS.producer_lease("second")]
        supervision.step(time.monotonic() + POLL_S)
        after = status_of(servers, "second")
        assert after is not None and after.epoch == status.epoch, "it is not tried twice a second"
    finally:
        supervision.close()
