from datetime import UTC, datetime, timedelta
from pathlib import Path

from shared import leases
from shared.connections import Servers
from shared.streams import CAMERAS
from tests.producer.builders import (
    KEYS,
    a_camera,
    attach,
    frames_of,
    refusing_writes,
    running_producer,
    sequences_of,
    state_of,
    status_of,
)
from tests.producer.servers import free_port
from tests.waiting import eventually


def test_a_bad_camera_leaves_its_neighbours_alone(servers: Servers, redis_url: str, tmp_path: Path) -> None:
    attach(servers, a_camera("missing", source=str(tmp_path / "nowhere.mp4")))
    attach(servers, a_camera("refused", source=f"rtsp://127.0.0.1:{free_port()}/live"))
    attach(servers, a_camera("wait", source="demo:bare", on_overload="wait"))
    servers.state.hset(CAMERAS, "mistyped", "{")
    attach(servers, a_camera("gate"))
    with running_producer(redis_url):
        eventually(lambda: len(sequences_of(servers)) >= 3)
        states = {each: state_of(servers, each) for each in ("missing", "refused", "wait", "gate")}
    assert states == {"missing": "failed", "refused": "backing_off", "wait": "failed", "gate": "live"}


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
    assert len(frames) < frames[-1][0].sequence, "what it did not dare to publish has used up its numbers"


def _silence_of(servers: Servers) -> timedelta:
    return datetime.now(UTC) - frames_of(servers)[-1][0].captured_at


def test_a_stopped_producer_gives_its_leases_back(servers: Servers, redis_url: str) -> None:
    attach(servers, a_camera())
    with running_producer(redis_url):
        eventually(lambda: state_of(servers) == "live")
    assert leases.acquire(servers.state, KEYS.producer_lease("gate"), "the next", 1000)
    assert state_of(servers) == "stopped"
