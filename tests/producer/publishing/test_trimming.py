import time

from producer.publishing import trimming
from shared.connections import Servers
from shared.streams import JPEG, WORKER_GROUP
from tests.producer.builders import KEYS
from tests.waiting import eventually

STREAM = KEYS.frames("gate")


def _add(servers: Servers, count: int) -> list[bytes]:
    ids = [servers.frames.xadd(STREAM, {JPEG: b"picture"}) for _ in range(count)]
    return [bytes(entry_id) for entry_id in ids if isinstance(entry_id, bytes)]


def _left(servers: Servers) -> int:
    return int(servers.frames.xlen(STREAM))


def _deliver(servers: Servers, count: int) -> None:
    servers.frames.xgroup_create(STREAM, WORKER_GROUP, id="0")
    servers.frames.xreadgroup(WORKER_GROUP, "worker", {STREAM: ">"}, count=count)


def _age(seconds: float) -> None:
    began_at = time.monotonic()
    eventually(lambda: time.monotonic() - began_at > seconds)


def test_lossless_frames_stay_until_they_are_judged(servers: Servers) -> None:
    ids = _add(servers, 5)
    _age(0.02)
    trimming.trim_lossless(servers.frames, KEYS, "gate", max_age_s=0.01)
    assert _left(servers) == 5, "nobody has read them"
    _deliver(servers, count=3)
    servers.frames.xack(STREAM, WORKER_GROUP, ids[0], ids[2])
    trimming.trim_lossless(servers.frames, KEYS, "gate", max_age_s=0.01)
    assert _left(servers) == 4, "the second is still in a worker's hands"
    servers.frames.xack(STREAM, WORKER_GROUP, ids[1])
    trimming.trim_lossless(servers.frames, KEYS, "gate", max_age_s=0.01)
    assert _left(servers) == 2, "two are unread"


def test_judged_frames_stay_while_they_are_young(servers: Servers) -> None:
    ids = _add(servers, 2)
    _deliver(servers, count=2)
    servers.frames.xack(STREAM, WORKER_GROUP, *ids)
    trimming.trim_lossless(servers.frames, KEYS, "gate", max_age_s=10)
    assert _left(servers) == 2


def test_frames_are_unjudged_until_all_are_acknowledged(servers: Servers) -> None:
    assert not trimming.has_unjudged(servers.frames, KEYS, "gate"), "there is no stream"
    ids = _add(servers, 2)
    assert trimming.has_unjudged(servers.frames, KEYS, "gate"), "there is no group"
    _deliver(servers, count=1)
    servers.frames.xack(STREAM, WORKER_GROUP, ids[0])
    assert trimming.has_unjudged(servers.frames, KEYS, "gate"), "one is unread"
    servers.frames.xreadgroup(WORKER_GROUP, "worker", {STREAM: ">"})
    assert trimming.has_unjudged(servers.frames, KEYS, "gate"), "one is pending"
    servers.frames.xack(STREAM, WORKER_GROUP, ids[1])
    assert not trimming.has_unjudged(servers.frames, KEYS, "gate")
