from collections.abc import Iterator

import pytest
import redis

from shared import durability
from shared.connections import Servers, connect


@pytest.fixture
def state(servers: Servers) -> Iterator[redis.Redis]:
    """A server whose configuration is put back."""
    yield servers.state
    for option, value in (("appendonly", "no"), ("maxmemory", 0), ("maxmemory-policy", "noeviction")):
        servers.state.config_set(option, value)


def test_a_server_without_an_append_only_file_is_doubted(state: redis.Redis) -> None:
    (doubt,) = durability.doubts(state)
    assert "append-only" in doubt


def test_a_server_that_evicts_what_it_has_no_room_for_is_doubted(state: redis.Redis) -> None:
    state.config_set("maxmemory-policy", "allkeys-lru")
    assert len(durability.doubts(state)) == 1  # without a limit nothing is evicted
    state.config_set("maxmemory", 1_000_000_000)
    assert "allkeys-lru" in durability.doubts(state)[1]


def test_nothing_is_said_of_a_server_that_does_not_tell(state: redis.Redis, redis_url: str) -> None:
    state.acl_setuser("guest", enabled=True, nopass=True, commands=["+@all", "-info"], keys=["*"])
    guest = connect(redis_url.replace("unix://", "unix://guest:any@"))
    assert durability.doubts(guest) == []
    guest.close()
    state.acl_deluser("guest")
