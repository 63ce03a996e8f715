from datetime import UTC, datetime, timedelta

from shared import heartbeats
from shared.connections import Servers
from shared.messages import ProcessInfo
from shared.streams import PROCESSES

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _info(name: str, age_s: float = 0) -> ProcessInfo:
    spoke_at = NOW - timedelta(seconds=age_s)
    return ProcessInfo(id=name, role="worker", pid=1, host="h", started_at=spoke_at, heartbeat_at=spoke_at)


def test_processes_that_spoke_lately_are_listed_by_id(servers: Servers) -> None:
    for info in (_info("b"), _info("a", age_s=3)):
        heartbeats.write(servers.state, info)
    assert [each.id for each in heartbeats.read(servers.state, NOW)] == ["a", "b"]


def test_a_silent_process_is_gone_and_after_a_minute_forgotten(servers: Servers) -> None:
    heartbeats.write(servers.state, _info("silent", age_s=10))
    heartbeats.write(servers.state, _info("dead", age_s=100))
    assert heartbeats.read(servers.state, NOW) == []
    assert servers.state.hkeys(PROCESSES) == [b"silent"]


def test_a_process_that_says_goodbye_is_gone_at_once(servers: Servers) -> None:
    heartbeats.write(servers.state, _info("a"))
    heartbeats.remove(servers.state, "a")
    assert heartbeats.read(servers.state, NOW) == []


def test_what_dead_processes_said_by_a_clock_that_was_ahead_can_be_forgotten(servers: Servers) -> None:
    heartbeats.write(servers.state, _info("of-the-future", age_s=-86_400))
    heartbeats.forget_all(servers.state)
    assert heartbeats.read(servers.state, NOW) == []
