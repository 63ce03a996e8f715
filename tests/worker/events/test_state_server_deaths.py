"""The state server dies and comes back with all it was told, or with less."""

import itertools
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
import redis

from shared.connections import connect
from shared.leases import LeaseLost
from tests.worker.events.durable_server import a_durable_server
from tests.worker.events.one_camera import all_written, take_camera, unread
from tests.worker.events.three_people import STREAM, finish, undisturbed_run


@pytest.fixture(scope="module")
def state(redis_url: str) -> Iterator[redis.Redis]:
    with closing(connect(redis_url)) as client:
        yield client


@pytest.fixture(scope="module")
def undisturbed(state: redis.Redis) -> dict[str, Any]:
    return undisturbed_run(state)


def test_an_owner_whose_state_was_put_back_writes_nothing(state: redis.Redis, undisturbed: dict[str, Any]) -> None:
    """As when a server comes back without its last second, or a replica takes over, and nobody notices a break."""
    state.flushall()
    owner = take_camera(state, "owner")
    owner.take(STREAM[:6])
    earlier: dict[Any, Any] = {key: state.dump(key) for key in state.keys("*")}
    owner.take(unread(owner, STREAM[:12]))
    state.flushall()
    for key, value in earlier.items():
        state.restore(key, 0, value)
    with pytest.raises(LeaseLost):
        owner.take(unread(owner, STREAM))
    finish(take_camera(state, "owner"), STREAM)
    assert all_written(state) == undisturbed


def test_a_state_server_that_writes_always_loses_nothing_when_it_is_killed_between_any_two_commits(
    undisturbed: dict[str, Any],
) -> None:
    with a_durable_server("always") as (server, client):
        stage = take_camera(client, "owner")
        for end in range(1, len(STREAM) + 1):
            stage.take(unread(stage, STREAM[:end]))
            written = all_written(client)
            server.kill()
            server.start()
            assert all_written(client) == written
            if end % 2:  # else the owner lives on, and its client connects anew
                stage = take_camera(client, f"owner-{end}")
        finish(stage, STREAM)
        assert all_written(client) == undisturbed


def test_a_state_server_that_writes_once_a_second_may_forget_commits_but_no_count(undisturbed: dict[str, Any]) -> None:
    """It puts off its writes while the one before is on its way to the disk. What it forgot is judged again."""
    with a_durable_server("everysec") as (server, client):
        stage = take_camera(client, "owner")
        for end in range(1, len(STREAM) + 1):
            try:
                stage.take(unread(stage, STREAM[:end]))
            except LeaseLost:
                stage = take_camera(client, f"owner-{end}")
            server.kill()
            server.start()
        finish(take_camera(client, "last"), STREAM)
        assert all_written(client) == undisturbed


def test_of_a_log_that_was_cut_off_the_last_commit_is_dropped_whole(undisturbed: dict[str, Any]) -> None:
    """Wherever a power cut ended the file: counts and checkpoint went back together."""
    with a_durable_server("always") as (server, client):
        stage = take_camera(client, "owner")
        stage.take(STREAM[:8])
        kept, before = server.log.stat().st_size, all_written(client)
        stage.take(unread(stage, STREAM[:16]))
        whole = server.log.read_bytes()
        assert all_written(client) != before
        for cut_at in itertools.chain(range(kept, len(whole), max(1, (len(whole) - kept) // 8)), [len(whole) - 1]):
            server.kill()
            server.log.write_bytes(whole[:cut_at])
            server.start()
            assert all_written(client) == before, cut_at
        with pytest.raises(LeaseLost):
            stage.take(unread(stage, STREAM))
        finish(take_camera(client, "owner"), STREAM)
        assert all_written(client) == undisturbed
