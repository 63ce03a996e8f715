import time
from typing import Any

import pytest

from shared import leases
from shared.connections import Servers
from shared.leases import LeaseLost

KEY = "maskwatch:{s0}:lease:events:gate"


def test_one_owner_at_a_time(servers: Servers) -> None:
    assert leases.acquire(servers.state, KEY, "a", 60_000) is not None
    assert leases.acquire(servers.state, KEY, "b", 60_000) is None


def test_an_owner_that_renews_keeps_its_token(servers: Servers) -> None:
    first = leases.acquire(servers.state, KEY, "a", 60_000)
    assert leases.acquire(servers.state, KEY, "a", 60_000) == first


def test_the_token_rises_with_each_change_of_owner(servers: Servers) -> None:
    tokens = []
    for owner in ("a", "b", "a"):
        lease = leases.acquire(servers.state, KEY, owner, 60_000)
        assert lease is not None
        tokens.append(lease.token)
        leases.release(servers.state, lease)
    assert tokens == [1, 2, 3]


def test_a_new_owners_token_is_above_a_given_number_too(servers: Servers) -> None:
    lease = leases.acquire(servers.state, KEY, "a", 60_000, above=41)
    assert lease is not None
    assert lease.token == 42
    assert leases.acquire(servers.state, KEY, "a", 60_000, above=99) == lease


def test_an_expired_lease_can_be_taken(servers: Servers) -> None:
    leases.acquire(servers.state, KEY, "a", 0)
    assert leases.acquire(servers.state, KEY, "b", 60_000) is not None


def test_nobody_waits_for_a_lease_from_before_the_servers_clock_was_put_back(servers: Servers) -> None:
    leases.acquire(servers.state, KEY, "a", 60_000)
    in_a_day_ms = (time.time_ns() // 1_000_000) + 86_400_000
    servers.state.hset(KEY, "expires_at_ms", in_a_day_ms)
    assert leases.free(servers.state, [KEY]) == [KEY]
    taken = leases.acquire(servers.state, KEY, "b", 60_000)
    assert taken is not None
    assert taken.token == 2


def test_releasing_what_another_owns_changes_nothing(servers: Servers) -> None:
    lost = leases.acquire(servers.state, KEY, "a", 0)
    assert lost is not None
    leases.acquire(servers.state, KEY, "b", 60_000)
    leases.release(servers.state, lost)
    assert leases.acquire(servers.state, KEY, "c", 60_000) is None


def test_a_transaction_of_an_outdated_owner_is_refused(servers: Servers) -> None:
    outdated = leases.acquire(servers.state, KEY, "a", 0)
    assert outdated is not None
    leases.acquire(servers.state, KEY, "b", 60_000)
    with servers.state.pipeline() as transaction, pytest.raises(LeaseLost):
        leases.watch(transaction, outdated)


def test_many_are_taken_and_renewed_at_once(servers: Servers) -> None:
    leases.acquire(servers.state, "b", "another", 1000)
    first = leases.acquire_all(servers.state, ["a", "b", "c"], "me", 1000)
    assert [each and each.token for each in first] == [1, None, 1]
    assert leases.acquire_all(servers.state, ["a", "b", "c"], "me", 1000) == first
    assert leases.acquire_all(servers.state, [], "me", 1000) == []


def test_leases_of_several_owners_are_renewed_at_once_and_one_that_was_taken_is_told(servers: Servers) -> None:
    held = [leases.acquire(servers.state, key, f"me/{key}", 1000) for key in ("a", "b")]
    mine = [each for each in held if each is not None]
    servers.state.hset("b", mapping={"owner": "", "expires_at_ms": 0})
    assert leases.acquire(servers.state, "b", "another", 1000)
    assert leases.renew_all(servers.state, mine, 1000) == [True, False]
    assert leases.renew_all(servers.state, [], 1000) == []


GARBAGE = [
    pytest.param({"owner": b"\xff", "token": "no number", "expires_at_ms": "soon"}, id="words"),
    pytest.param({"owner": "a", "token": "nan", "expires_at_ms": "nan"}, id="not numbers"),
    pytest.param({"owner": "a", "token": "9" * 40, "expires_at_ms": "9" * 5_000}, id="endless"),
    pytest.param({"owner": "a", "token": "-5", "expires_at_ms": "1e9"}, id="below all"),
    pytest.param({"owner": "a"}, id="an owner alone"),
    pytest.param({"something": "else"}, id="other fields"),
]


@pytest.mark.parametrize("garbage", GARBAGE)
def test_a_lease_of_garbage_is_free_and_the_next_token_holds(servers: Servers, garbage: dict[Any, Any]) -> None:
    servers.state.hset(KEY, mapping=garbage)
    assert leases.free(servers.state, [KEY]) == [KEY]
    (taken, other) = leases.acquire_all(servers.state, [KEY, f"{KEY}2"], "b", 60_000)
    assert taken is not None
    assert other is not None
    assert leases.renew_all(servers.state, [taken, other], 60_000) == [True, True]
    assert leases.acquire(servers.state, KEY, "c", 60_000) is None


def test_a_token_of_garbage_is_followed_by_one_above_any_that_was_given(servers: Servers) -> None:
    servers.state.hset(KEY, mapping={"owner": "", "token": "no number", "expires_at_ms": "0"})
    taken = leases.acquire(servers.state, KEY, "b", 60_000)
    assert taken is not None
    assert taken.token > 1_000_000_000


def test_a_key_that_is_no_lease_holds_up_no_other(servers: Servers) -> None:
    servers.state.set("broken", "no lease")
    taken = leases.acquire_all(servers.state, [KEY, "broken", "other"], "a", 60_000)
    assert [bool(each) for each in taken] == [True, False, True]
    held = [each or leases.Lease("broken", "a", 1) for each in taken]
    assert leases.renew_all(servers.state, held, 60_000) == [True, False, True]
