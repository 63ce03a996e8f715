"""How old the oldest frame is that no worker was given, as a real server tells it."""

import pytest

from producer.load.waiting import WaitingFrames
from shared.connections import Servers
from shared.streams import WORKER_GROUP, KeySpace

KEYS = KeySpace(shards=3)
CAMERAS = ("gate", "yard", "ramp", "hall")


def _oldest_s(servers: Servers, *cameras: str) -> float:
    return WaitingFrames(servers.frames, KEYS).oldest_s(cameras or CAMERAS)


def _add(servers: Servers, camera: str, age_s: float) -> None:
    seconds, microseconds = servers.frames.time()
    at_ms = int((seconds + microseconds / 1e6 - age_s) * 1000)
    servers.frames.xadd(KEYS.frames(camera), {"header": "{}"}, id=f"{at_ms}-*")


def _join(servers: Servers, camera: str) -> None:
    servers.frames.xgroup_create(KEYS.frames(camera), WORKER_GROUP, id="0", mkstream=True)


def _read(servers: Servers, camera: str, count: int) -> None:
    servers.frames.xreadgroup(WORKER_GROUP, "worker", {KEYS.frames(camera): ">"}, count=count)


def test_nothing_waits_where_there_is_nothing(servers: Servers) -> None:
    assert WaitingFrames(servers.frames, KEYS).oldest_s(()) == 0
    assert _oldest_s(servers) == 0
    _join(servers, "gate")
    assert _oldest_s(servers) == 0


def test_frames_wait_for_nobody_before_workers_have_come(servers: Servers) -> None:
    _add(servers, "gate", age_s=3)
    assert _oldest_s(servers) == 0
    _join(servers, "gate")
    assert _oldest_s(servers) == pytest.approx(3, abs=0.5)


def test_the_oldest_frame_of_all_these_cameras_counts(servers: Servers) -> None:
    for camera, age_s in zip(CAMERAS, (1, 4, 2, 3), strict=True):
        _join(servers, camera)
        _add(servers, camera, age_s)
    assert _oldest_s(servers) == pytest.approx(4, abs=0.5)
    assert _oldest_s(servers, "gate", "ramp") == pytest.approx(2, abs=0.5)


def test_what_a_worker_was_given_does_not_wait_though_it_is_not_done(servers: Servers) -> None:
    _join(servers, "gate")
    for age_s in (9, 6, 2):
        _add(servers, "gate", age_s)
    for count, age_s in ((1, 6), (1, 2), (1, 0)):
        _read(servers, "gate", count)
        assert _oldest_s(servers) == pytest.approx(age_s, abs=0.5)


def test_frames_that_were_pushed_out_unread_do_not_wait(servers: Servers) -> None:
    _join(servers, "gate")
    for age_s in (9, 8, 7, 1):
        _add(servers, "gate", age_s)
    servers.frames.xtrim(KEYS.frames("gate"), maxlen=1, approximate=False)
    assert _oldest_s(servers) == pytest.approx(1, abs=0.5)
    _read(servers, "gate", 5)
    assert _oldest_s(servers) == 0
