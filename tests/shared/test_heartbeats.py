from datetime import UTC, datetime, timedelta

import pytest

from shared import heartbeats
from shared.connections import Servers
from shared.messages import ProcessInfo
from shared.streams import PROCESSES


def _info(name: str, spoke_at: datetime | None = None) -> ProcessInfo:
    at = spoke_at or datetime.now(UTC)
    return ProcessInfo(id=name, role="worker", pid=1, host="h", started_at=at, heartbeat_at=at)


def _spoke(servers: Servers, name: str, ago_s: float) -> None:
    """A process spoke so long ago by the server's clock, and no more."""
    seconds, _ = servers.state.time()
    info = _info(name, datetime.fromtimestamp(seconds, UTC) - timedelta(seconds=ago_s))
    servers.state.hset(PROCESSES, name, info.model_dump_json())


def _names(servers: Servers) -> list[str]:
    return [each.id for each in heartbeats.read(servers.state)]


def test_processes_that_spoke_lately_are_listed_by_id(servers: Servers) -> None:
    heartbeats.write(servers.state, _info("b"))
    _spoke(servers, "a", ago_s=2)
    assert _names(servers) == ["a", "b"]


@pytest.mark.parametrize("hours", [-1000, 1000])
def test_a_machines_wrong_clock_makes_no_process_dead_and_none_alive(servers: Servers, hours: int) -> None:
    wrong = datetime.now(UTC) + timedelta(hours=hours)
    heartbeats.write(servers.state, _info("a", wrong))
    (told,) = heartbeats.read(servers.state)
    assert abs(told.heartbeat_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert told.started_at == wrong


def test_a_silent_process_is_gone_and_after_a_minute_forgotten(servers: Servers) -> None:
    _spoke(servers, "silent", ago_s=10)
    _spoke(servers, "dead", ago_s=100)
    assert _names(servers) == []
    assert servers.state.hkeys(PROCESSES) == [b"silent"]


def test_what_was_said_before_the_servers_clock_was_put_back_is_not_waited_for(servers: Servers) -> None:
    _spoke(servers, "of-the-future", ago_s=-86_400)
    assert _names(servers) == []
    assert not servers.state.exists(PROCESSES)


def test_a_process_that_says_goodbye_is_gone_at_once(servers: Servers) -> None:
    heartbeats.write(servers.state, _info("a"))
    heartbeats.remove(servers.state, "a")
    assert _names(servers) == []


def test_all_of_them_can_be_forgotten(servers: Servers) -> None:
    heartbeats.write(servers.state, _info("a"))
    heartbeats.forget_all(servers.state)
    assert _names(servers) == []
