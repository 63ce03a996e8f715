import time
from typing import Any

from producer.publishing.eviction import Evictor
from producer.publishing.publisher import FramesPublisher
from shared.connections import Servers
from shared.messages import FrameHeader, FrameResult
from shared.streams import RESULT, WORKER_GROUP, KeySpace
from tests.builders import BEGIN
from tests.waiting import eventually

KEYS = KeySpace()
STREAM, RESULTS = KEYS.frames("gate"), KEYS.results("gate")
EVICTOR = Evictor(KEYS, max_results=100)


def _publish(servers: Servers, frames: int, max_live: int = 4) -> None:
    publisher = FramesPublisher(servers.frames, KEYS, max_live, max_in_flight=8, max_results=100)
    for sequence in range(frames):
        header = FrameHeader(camera="gate", epoch=7, sequence=sequence, captured_at=BEGIN, width=640, height=360)
        publisher.publish(header, b"picture", token=7)


def _take(servers: Servers, count: int, *, ack: bool) -> None:
    answer: Any = servers.frames.xreadgroup(WORKER_GROUP, "worker", {STREAM: ">"}, count=count)
    ids = [entry_id for entry_id, _ in answer[STREAM.encode()][0]]
    if ack:
        servers.frames.xack(STREAM, WORKER_GROUP, *ids)


def _dropped(servers: Servers) -> list[tuple[int, str | None]]:
    entries: Any = servers.frames.xrange(RESULTS)
    results = [FrameResult.model_validate_json(fields[RESULT]) for _, fields in entries]
    assert all(result.outcome == "dropped" and result.epoch == 7 for result in results)
    return [(result.sequence, result.reason) for result in results]


def test_frames_that_nobody_read_are_dropped_by_overload(servers: Servers) -> None:
    servers.frames.xgroup_create(STREAM, WORKER_GROUP, id="0", mkstream=True)
    _publish(servers, 6, max_live=4)
    assert servers.frames.xlen(STREAM) == 4
    assert _dropped(servers) == [(0, "overload"), (1, "overload")]


def test_without_any_worker_so_far_they_are_too(servers: Servers) -> None:
    _publish(servers, 5, max_live=4)
    assert _dropped(servers) == [(0, "overload")]


def test_judged_frames_make_room_silently(servers: Servers) -> None:
    _publish(servers, 4, max_live=4)
    servers.frames.xgroup_create(STREAM, WORKER_GROUP, id="0")
    _take(servers, 4, ack=True)
    _publish(servers, 1, max_live=2)
    assert servers.frames.xlen(STREAM) == 2
    assert _dropped(servers) == []


def test_frames_in_the_hands_of_a_dead_worker_are_dropped_as_trimmed(servers: Servers) -> None:
    _publish(servers, 3, max_live=4)
    servers.frames.xgroup_create(STREAM, WORKER_GROUP, id="0")
    _take(servers, 1, ack=True)
    _take(servers, 1, ack=False)
    _publish(servers, 1, max_live=1)
    assert _dropped(servers) == [(1, "trimmed"), (2, "overload")]


def test_old_frames_go_by_age_and_are_accounted_for(servers: Servers) -> None:
    _publish(servers, 3, max_live=4)
    EVICTOR.drop_older(servers.frames, "gate", max_age_s=10)
    assert servers.frames.xlen(STREAM) == 3
    began_at = time.monotonic()
    eventually(lambda: time.monotonic() - began_at > 0.02)
    EVICTOR.drop_older(servers.frames, "gate", max_age_s=0.01)
    assert servers.frames.xlen(STREAM) == 0
    assert [reason for _, reason in _dropped(servers)] == ["overload"] * 3


def test_old_frames_leave_a_full_server_too(servers: Servers) -> None:
    _publish(servers, 3)
    began_at = time.monotonic()
    eventually(lambda: time.monotonic() - began_at > 0.02)
    servers.frames.config_set("maxmemory", 1)
    try:
        EVICTOR.drop_older(servers.frames, "gate", max_age_s=0.01)
    finally:
        servers.frames.config_set("maxmemory", 0)
    assert servers.frames.xlen(STREAM) == 0
    assert [reason for _, reason in _dropped(servers)] == ["overload"] * 3


def test_garbage_in_a_frames_stream_makes_room_like_any_frame(servers: Servers) -> None:
    servers.frames.xadd(STREAM, {b"header": b"{no json", b"jpeg": b"x"})
    servers.frames.xadd(STREAM, {b"other": b"field"})
    _publish(servers, 1, max_live=1)
    assert servers.frames.xlen(STREAM) == 1
    assert _dropped(servers) == []
