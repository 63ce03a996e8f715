import re
from typing import Any

import pytest
import redis

from producer.publishing.publisher import Fenced, FramesPublisher
from shared.connections import Servers
from shared.messages import Box, DropReason, FrameHeader, FrameResult, OnOverload
from shared.streams import RESULT
from tests.builders import BEGIN
from tests.producer.builders import KEYS, frames_of, sequences_of


def _publisher(servers: Servers) -> FramesPublisher:
    return FramesPublisher(servers.frames, KEYS, max_live=4, max_in_flight=8, max_results=100)


def _header(sequence: int = 0, on_overload: OnOverload = "drop_oldest", **values: object) -> FrameHeader:
    known = {"camera": "gate", "epoch": 7, "captured_at": BEGIN, "width": 640, "height": 360}
    return FrameHeader.model_validate({"sequence": sequence, "on_overload": on_overload} | known | values)


def _results(servers: Servers) -> list[FrameResult]:
    entries: Any = servers.frames.xrange(KEYS.results("gate"))
    return [FrameResult.model_validate_json(fields[RESULT]) for _, fields in entries]


@pytest.mark.parametrize("on_overload", ["drop_oldest", "wait"])
def test_a_frame_arrives_as_it_was(on_overload: OnOverload, servers: Servers) -> None:
    header = _header(3, on_overload, regions=(Box(1, 2, 30, 40),), clock_step_s=1.5)
    _publisher(servers).publish(header, b"\xff\xd8\0picture\xff\xd9", token=7)
    assert frames_of(servers) == [(header, b"\xff\xd8\0picture\xff\xd9")]


@pytest.mark.parametrize("on_overload", ["drop_oldest", "wait"])
def test_an_owner_of_before_writes_nothing_once_the_next_one_has(on_overload: OnOverload, servers: Servers) -> None:
    publisher = _publisher(servers)
    publisher.publish(_header(0, on_overload), b"old", token=7)
    publisher.publish(_header(0, on_overload), b"new", token=8)
    with pytest.raises(Fenced):
        publisher.publish(_header(1, on_overload), b"old", token=7)
    with pytest.raises(Fenced):
        publisher.drop(_header(1, on_overload), DropReason.UNCHANGED, token=7)
    assert [jpeg for _, jpeg in frames_of(servers)] == [b"old", b"new"]
    assert not _results(servers)


def test_an_owner_of_before_writes_nothing_once_the_next_one_has_claimed_the_camera(servers: Servers) -> None:
    publisher = _publisher(servers)
    publisher.claim("gate", token=8)
    with pytest.raises(Fenced):
        publisher.publish(_header(), b"old", token=7)
    with pytest.raises(Fenced):
        publisher.claim("gate", token=7)
    publisher.claim("lobby", token=1)


def test_tokens_are_compared_as_numbers(servers: Servers) -> None:
    publisher = _publisher(servers)
    publisher.publish(_header(0), b"nine", token=9)
    publisher.publish(_header(1), b"ten", token=10)
    assert sequences_of(servers) == [0, 1]


def test_a_held_frame_becomes_a_result_that_says_why(servers: Servers) -> None:
    _publisher(servers).drop(_header(5, clock_step_s=-2.0), DropReason.UNCHANGED, token=7)
    (result,) = _results(servers)
    assert (result.sequence, result.epoch, result.outcome, result.reason) == (5, 7, "dropped", "unchanged")
    assert (result.captured_at, result.clock_step_s) == (BEGIN, -2.0)
    assert not frames_of(servers)


def test_a_server_that_forgot_the_scripts_is_told_them_again(servers: Servers) -> None:
    publisher = _publisher(servers)
    publisher.publish(_header(0), b"picture", token=7)
    servers.frames.script_flush()
    publisher.publish(_header(1), b"picture", token=7)
    assert sequences_of(servers) == [0, 1]


@pytest.mark.parametrize("key", [KEYS.frames("gate"), KEYS.results("gate"), KEYS.fence("gate")])
def test_a_key_that_none_of_ours_writes_is_named_and_heals_when_it_is_gone(servers: Servers, key: str) -> None:
    publisher = _publisher(servers)
    servers.frames.hset(key, "a", "b")
    with pytest.raises(redis.ResponseError, match=re.escape(key)):
        for sequence in range(6):  # the fifth one evicts
            publisher.publish(_header(sequence), b"jpeg", token=7)
    publisher.publish(_header(camera="yard"), b"jpeg", token=7)
    servers.frames.delete(key)
    publisher.publish(_header(6), b"jpeg", token=7)
    assert sequences_of(servers)[-1] == 6
