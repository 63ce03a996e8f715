from dataclasses import replace
from pathlib import Path

import pytest
import redis

from shared import leases
from shared.connections import Servers, connect
from shared.heartbeat_faces import HeartbeatOutcome
from shared.leases import Lease, LeaseLost
from shared.settings import EventsSettings
from shared.streams import HEARTBEAT_EVENTS_LEASE
from tests.worker.events.cutting_proxy import CuttingProxy, Fate
from tests.worker.events.heartbeat.bursts import outcomes, publish, results, sent, told
from worker.events.heartbeat.burst import lost
from worker.events.heartbeat.ledger import Ledger
from worker.events.heartbeat.stage import HeartbeatStage

RIGHT = replace(lost(1), outcome=HeartbeatOutcome.RIGHT)


def _lease(state: redis.Redis, owner: str) -> Lease:
    """In the hands of an owner, whose lease ends that of any other."""
    state.hset(HEARTBEAT_EVENTS_LEASE, "expires_at_ms", 0)
    lease = leases.acquire(state, HEARTBEAT_EVENTS_LEASE, owner, 60_000)
    assert lease is not None
    return lease


def test_who_lost_the_lease_writes_nothing(servers: Servers) -> None:
    before = _lease(servers.state, "paused")
    _lease(servers.state, "next")
    with pytest.raises(LeaseLost):
        Ledger(servers.state).commit(before, 0, RIGHT, "1-0")
    assert told(servers.state) == {}


def test_a_burst_that_is_decided_is_not_decided_again(servers: Servers) -> None:
    lease, ledger = _lease(servers.state, "me"), Ledger(servers.state)
    ledger.commit(lease, 0, RIGHT, "1-0")
    with pytest.raises(LeaseLost):
        ledger.commit(lease, 0, RIGHT, "1-0")
    assert outcomes(servers.state) == {"right": 1}
    assert ledger.load().decided == 1
    assert ledger.load().stream_id == "1-0"


def test_bursts_between_two_that_are_decided_are_lost(servers: Servers) -> None:
    lease, ledger = _lease(servers.state, "me"), Ledger(servers.state)
    ledger.commit(lease, 0, RIGHT, "1-0")
    ledger.commit(lease, 1, replace(RIGHT, epoch=5), "2-0")
    assert outcomes(servers.state) == {"right": 2, "lost": 3}


@pytest.mark.parametrize("fate", [Fate.LOST, Fate.TORN, Fate.DONE])
def test_a_connection_that_breaks_at_the_commit_neither_loses_nor_doubles_one(
    servers: Servers, redis_url: str, fate: Fate
) -> None:
    with CuttingProxy(Path(redis_url.removeprefix("unix://"))) as proxy:
        client = connect(proxy.url)
        stage = HeartbeatStage(Servers(servers.frames, client), EventsSettings(), "me")
        stage.step(0)
        for epoch in (1, 2, 3):
            sent(servers.state, epoch)
            publish(servers.frames, *results(epoch))
            proxy.set_fate(fate)
            stage.step(epoch)
            assert proxy.arrived.is_set()
            stage.step(epoch + 0.5)
        client.close()
    assert outcomes(servers.state) == {"right": 3}
