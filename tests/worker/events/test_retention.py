from datetime import UTC, datetime, timedelta

from shared.connections import Servers
from shared.messages import Dismissal
from shared.violations import dismiss
from tests.console.builders import KEYS
from tests.console.test_violations import open_violation
from worker.events.retention import Retention

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def test_old_records_go_and_counts_stay(servers: Servers) -> None:
    old = open_violation(servers, "gate-1-0-0", at=NOW - timedelta(days=91))
    open_violation(servers, "gate-1-9-0", at=NOW - timedelta(days=89))
    servers.state.hset(KEYS.violations("gate"), "garbage", b"{")
    dismiss(servers.state, KEYS, old, Dismissal(violation=old.id, at=NOW))
    assert Retention(servers.state, KEYS, 90).look_at("gate", NOW) == 1
    assert set(servers.state.hkeys(KEYS.violations("gate"))) == {b"gate-1-9-0", b"garbage"}
    assert not servers.state.exists(KEYS.dismissals("gate"))
    assert servers.state.hget(KEYS.counts("gate"), "dismissed") == b"1"


def test_many_records_are_gone_through_a_portion_at_a_time(servers: Servers) -> None:
    for n in range(1_500):
        open_violation(servers, f"gate-1-{n}-0", at=NOW - timedelta(days=91))
    retention = Retention(servers.state, KEYS, 90)
    removed = [retention.look_at("gate", NOW) for _ in range(30)]
    assert 0 < max(removed) < 1_000
    assert sum(removed) == 1_500


def test_a_turn_comes_every_ten_minutes(servers: Servers) -> None:
    retention = Retention(servers.state, KEYS, 90)
    for n in range(2):
        open_violation(servers, f"gate-1-{n}-0", at=NOW - timedelta(days=4_000))
        retention.take_turn(["gate"])
    assert servers.state.hkeys(KEYS.violations("gate")) == [b"gate-1-1-0"]
