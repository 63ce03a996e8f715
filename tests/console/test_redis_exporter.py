import socket
import tempfile

import pytest
from prometheus_client import CollectorRegistry

from console.redis_exporter import RedisCollector
from shared.connections import Servers, connect_for_looks
from shared.streams import DESIRED_WORKERS
from tests.waiting import eventually

NOWHERE = "unix:///nowhere/of/this/name"


def looking_at(frames_url: str, state_url: str) -> RedisCollector:
    return RedisCollector(Servers(connect_for_looks(frames_url), connect_for_looks(state_url)))


def registry_of(collector: RedisCollector) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(collector)
    return registry


@pytest.fixture
def both(two_servers: Servers, two_redis_urls: tuple[str, str]) -> CollectorRegistry:
    return registry_of(looking_at(*two_redis_urls))


def test_each_server_tells_its_memory_and_its_limit(both: CollectorRegistry, two_servers: Servers) -> None:
    two_servers.frames.config_set("maxmemory", "123mb")
    try:
        for server in ("frames", "state"):
            assert both.get_sample_value("maskwatch_redis_up", {"server": server}) == 1
            assert (both.get_sample_value("maskwatch_redis_memory_bytes", {"server": server}) or 0) > 100_000
        limit = "maskwatch_redis_memory_limit_bytes"
        assert both.get_sample_value(limit, {"server": "frames"}) == 123 * 1024 * 1024
        machine = int(two_servers.state.info("memory")["total_system_memory"])
        assert both.get_sample_value(limit, {"server": "state"}) == machine > 0
    finally:
        two_servers.frames.config_set("maxmemory", "0")


@pytest.mark.parametrize("away", ["frames", "state"])
def test_a_server_that_is_away_hides_nothing_of_the_other(servers: Servers, redis_url: str, away: str) -> None:
    there = "state" if away == "frames" else "frames"
    collector = looking_at(*(NOWHERE if role == away else redis_url for role in ("frames", "state")))
    registry = registry_of(collector)
    assert registry.get_sample_value("maskwatch_redis_up", {"server": away}) == 0
    assert registry.get_sample_value("maskwatch_redis_up", {"server": there}) == 1
    for name in ("maskwatch_redis_memory_bytes", "maskwatch_redis_memory_limit_bytes"):
        assert registry.get_sample_value(name, {"server": away}) is None
        assert registry.get_sample_value(name, {"server": there}) is not None


def test_a_server_that_hangs_is_away(servers: Servers, redis_url: str) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="mw-") as folder, socket.socket(socket.AF_UNIX) as silent:
        silent.bind(f"{folder}/s")
        silent.listen()
        collector = looking_at(redis_url, f"unix://{folder}/s")
        registry = registry_of(collector)
        assert registry.get_sample_value("maskwatch_redis_up", {"server": "state"}) == 0
        assert registry.get_sample_value("maskwatch_redis_up", {"server": "frames"}) == 1


def test_a_login_that_may_not_ask_for_memory_shows_a_server_that_is_up(servers: Servers, redis_url: str) -> None:
    servers.state.acl_setuser("poor", enabled=True, nopass=True, keys=["*"], commands=["+ping", "+get", "+hello"])
    try:
        collector = looking_at(redis_url, redis_url.replace("unix://", "unix://poor:any@"))
        registry = registry_of(collector)
        assert registry.get_sample_value("maskwatch_redis_up", {"server": "state"}) == 1
        assert registry.get_sample_value("maskwatch_redis_memory_bytes", {"server": "state"}) is None
    finally:
        servers.state.acl_deluser("poor")


def test_workers_are_wanted_once_the_operator_has_said_how_many(both: CollectorRegistry, two_servers: Servers) -> None:
    assert both.get_sample_value("maskwatch_workers_wanted") is None
    two_servers.state.set(DESIRED_WORKERS, 3)
    assert both.get_sample_value("maskwatch_workers_wanted") == 3


def test_connections_come_back_by_themselves(servers: Servers, redis_url: str) -> None:
    collector = looking_at(redis_url, redis_url)
    registry = registry_of(collector)
    assert registry.get_sample_value("maskwatch_redis_up", {"server": "frames"}) == 1
    servers.frames.client_kill_filter(_type="normal", skipme=True)
    eventually(lambda: registry.get_sample_value("maskwatch_redis_up", {"server": "frames"}) == 1)
