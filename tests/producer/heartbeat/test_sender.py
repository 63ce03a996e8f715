"""Bursts of known faces on real servers: what goes out, from whom, and what happens when a server is away."""

from typing import Any, cast

import pytest
import redis

from producer.heartbeat.burst import Bursts
from producer.heartbeat.sender import FIRST_AFTER_S, HeartbeatSender
from producer.owning.supervision import Supervision
from producer.publishing.publisher import Fenced
from shared import leases
from shared.connections import Servers, connect
from shared.heartbeat_faces import FRAME_INTERVAL_S, FRAMES, HEIGHT, WIDTH
from shared.leases import LeaseLost
from shared.messages import FrameHeader
from shared.settings import ProducerSettings
from shared.streams import HEADER, HEARTBEAT, HEARTBEAT_CAMERA, HEARTBEAT_LEASE, JPEG, KeySpace
from tests.producer.builders import decoded
from tests.producer.servers import free_port
from tests.waiting import eventually

KEYS = KeySpace()
FRAMES_KEY = KEYS.frames(HEARTBEAT_CAMERA)


def _sender(servers: Servers, name: str = "producer-1", **settings: object) -> HeartbeatSender:
    return HeartbeatSender(servers, ProducerSettings.model_validate(settings), name)


def _sent(servers: Servers) -> list[tuple[FrameHeader, bytes]]:
    entries = cast("list[tuple[bytes, dict[bytes, bytes]]]", servers.frames.xrange(FRAMES_KEY))
    return [(FrameHeader.model_validate_json(fields[HEADER]), fields[JPEG]) for _, fields in entries]


def _told(servers: Servers, field: str) -> float:
    return float(cast("Any", servers.state.hget(HEARTBEAT, field)) or 0)


def test_a_burst_is_an_epoch_of_whole_pictures_in_even_steps(servers: Servers) -> None:
    sender = _sender(servers)
    sender.step(0)
    assert _sent(servers) == []
    sender.step(FIRST_AFTER_S)
    headers = [header for header, _ in _sent(servers)]
    assert [header.sequence for header in headers] == list(range(FRAMES))
    assert {header.epoch for header in headers} == {1}
    assert all(header.regions is None for header in headers)
    steps = [(header.captured_at - headers[0].captured_at).total_seconds() for header in headers]
    assert steps == pytest.approx([FRAME_INTERVAL_S * number for number in range(FRAMES)], abs=1e-5)
    assert decoded(_sent(servers)[0][1]).shape == (HEIGHT, WIDTH, 3)
    assert _told(servers, "sent_at") == pytest.approx(headers[0].captured_at.timestamp(), abs=1e-5)
    assert _told(servers, "interval_s") == 60


def test_the_next_one_goes_out_an_interval_later(servers: Servers) -> None:
    sender = _sender(servers, heartbeat_faces_s=20)
    for now in (0, 5, 6, 24, 25, 44, 45.0):
        sender.step(now)
    assert _told(servers, "epoch") == 3
    assert sorted({header.epoch for header, _ in _sent(servers)}) == [1, 2, 3]


def test_one_of_two_producers_sends_and_the_other_follows_it(servers: Servers) -> None:
    first, second = _sender(servers, "a"), _sender(servers, "b")
    for now in (0, 5.0, 10.0):
        first.step(now)
        second.step(now)
    assert _told(servers, "epoch") == 1
    first.close()
    for now in (15.0, 20.0):
        second.step(now)
    assert _told(servers, "epoch") == 2
    assert [header.epoch for header, _ in _sent(servers)] == [1] * FRAMES + [2] * FRAMES


def test_who_lost_the_lease_meanwhile_sends_nothing(servers: Servers) -> None:
    bursts = Bursts(servers, ProducerSettings())
    lease = leases.acquire(servers.state, HEARTBEAT_LEASE, "a", 1000)
    assert lease is not None
    servers.state.hset(HEARTBEAT_LEASE, "expires_at_ms", 0)
    newer = leases.acquire(servers.state, HEARTBEAT_LEASE, "b", 1000)
    assert newer is not None
    with pytest.raises(LeaseLost):
        bursts.send(lease, 60)
    bursts.send(newer, 60, lambda _: None)
    with pytest.raises(Fenced):
        bursts._publisher.publish(_sent(servers)[0][0], b"jpeg", lease.token)
    assert len(_sent(servers)) == FRAMES


def test_a_state_server_that_lost_all_stops_no_heartbeat(two_servers: Servers) -> None:
    for name in ("a", "b", "c"):
        sender = _sender(two_servers, name)
        sender.step(0)
        sender.step(5)
        sender.close()
    sender = _sender(two_servers, "d")
    sender.step(0)
    two_servers.state.flushall()
    for now in (5.0, 6.0, 7.0, 12.0, 13.0, 18.0):
        sender.step(now)
    assert _told(two_servers, "epoch") >= 1
    assert _sent(two_servers)[-1][0].sequence == FRAMES - 1
    newest = int(cast("Any", two_servers.frames.get(KEYS.fence(HEARTBEAT_CAMERA))))
    assert newest == int(cast("Any", two_servers.state.hget(HEARTBEAT_LEASE, "token")))


def test_the_stream_is_bounded_and_old_pictures_leave_it(servers: Servers) -> None:
    bursts, settings = Bursts(servers, ProducerSettings()), ProducerSettings(max_frame_age_s=0.2)
    lease = leases.acquire(servers.state, HEARTBEAT_LEASE, "a", 10_000)
    assert lease is not None
    for _ in range(6):
        bursts.send(lease, 60, lambda _: None)
    assert len(_sent(servers)) == 4 * FRAMES
    supervision = Supervision(servers, KEYS, settings, "a", cast("Any", None))

    def are_gone() -> bool:
        supervision.trim_frames()
        return not _sent(servers)

    eventually(are_gone)


def test_a_frames_server_that_is_away_costs_the_burst_and_nothing_else(servers: Servers) -> None:
    away = connect(f"redis://127.0.0.1:{free_port()}")
    sender = _sender(servers)
    sender.step(0)
    sender._servers = Servers(away, servers.state)
    with pytest.raises(redis.RedisError):
        sender.step(5)
    sender._bursts = None
    sender._servers = servers
    sender.step(6)
    assert _sent(servers) == []
    sender.step(65)
    assert len(_sent(servers)) == FRAMES


def test_in_its_thread_it_ends_a_burst_that_is_under_way(servers: Servers) -> None:
    sender = _sender(servers, heartbeat_faces_s=1)
    sender.start()
    eventually(lambda: _sent(servers))
    sender.close()
    assert len(_sent(servers)) % FRAMES == 0
    assert servers.state.hget(HEARTBEAT_LEASE, "owner") == b""


def test_switched_off_it_says_so_and_sends_nothing(servers: Servers) -> None:
    sender = _sender(servers, heartbeat_faces_s=0)
    sender.start()
    eventually(lambda: servers.state.hget(HEARTBEAT, "interval_s") == b"0")
    sender.close()
    assert not servers.state.exists(HEARTBEAT_LEASE)
    assert _sent(servers) == []
