"""Areas on a real server: what is counted whoever counts, dies or comes back."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared import leases
from shared.areas import Area
from shared.connections import Servers, connect
from shared.messages import Violation, ViolationState
from shared.settings import EventsSettings
from shared.streams import AREAS, AREAS_LEASE, AreaKeys, KeySpace
from tests.worker.events.areas.spells import Spell, a_violation
from tests.worker.events.cutting_proxy import CuttingProxy, Fate
from worker.events.areas.stage import AreasStage

KEYS = KeySpace()
_Entries = list[tuple[bytes, dict[Any, Any]]]
HALL = AreaKeys("hall")
TWO_AT_ONCE = [
    Spell("gate", 0, 20),
    Spell("yard", 2, 22),
    Spell("gate", 5, 30),
    Spell("yard", 6, 31),
    Spell("gate", 90, 95),
]


def _declare(state: redis.Redis, since_ms: int = 0, **changes: object) -> None:
    area = Area(name="hall", cameras={"gate": since_ms, "yard": since_ms})
    state.hset(AREAS, "hall", area.model_copy(update=changes).model_dump_json())


def _write(state: redis.Redis, *violations: Violation) -> None:
    """Into the cameras' logs, long enough ago to be read at once."""
    for place, each in enumerate(violations):
        ms = int((each.opened_at + timedelta(seconds=each.state is ViolationState.ENDED)).timestamp() * 1000)
        key = KEYS.violation_log(each.camera)
        newest = cast("_Entries", state.xrevrange(key, count=1))
        at = max(ms, int(newest[0][0].decode().partition("-")[0]) + 1) if newest else ms
        state.xadd(key, {"violation": each.model_dump_json()}, id=f"{at}-{place}")


def _opened(spells: Sequence[Spell]) -> list[Violation]:
    return [a_violation(f"{each.camera}-1-{n}-0", each) for n, each in enumerate(spells)]


def _counts(state: redis.Redis) -> dict[str, int]:
    return {
        field.decode(): int(value) for field, value in cast("dict[bytes, bytes]", state.hgetall(HALL.counts)).items()
    }


def _stage(servers: Servers, owner: str = "me") -> AreasStage:
    return AreasStage(servers.state, EventsSettings(), owner)


def _finish(stage: AreasStage) -> None:
    while stage.step():
        pass


def test_what_both_cameras_see_is_counted_once(servers: Servers) -> None:
    _declare(servers.state)
    _write(servers.state, *_opened(TWO_AT_ONCE))
    _finish(_stage(servers))
    assert _counts(servers.state) == {"violations": 3, "spells:gate": 3, "spells:yard": 2}
    history = [
        int(servers.state.hget(key, "violations") or 0) for key in servers.state.keys(HALL.history(0)[:-1] + "*")
    ]
    assert sum(history) == 3


def test_what_opened_before_the_area_was_declared_is_not_counted(servers: Servers) -> None:
    spells = _opened(TWO_AT_ONCE)
    _declare(servers.state, since_ms=int(spells[-1].opened_at.timestamp() * 1000) - 1000)
    _write(servers.state, *spells)
    _finish(_stage(servers))
    assert _counts(servers.state)["violations"] == 1


def test_one_process_counts_at_a_time_and_the_next_one_goes_on(servers: Servers) -> None:
    _declare(servers.state)
    first, second = _stage(servers, "first"), _stage(servers, "second")
    _write(servers.state, *_opened(TWO_AT_ONCE[:2]))
    _finish(first)
    _finish(second)
    servers.state.hset(AREAS_LEASE, "expires_at_ms", 0)  # it died
    _write(servers.state, *_opened(TWO_AT_ONCE)[2:])
    _finish(second)
    assert _counts(servers.state)["violations"] == 3


def test_an_outdated_owner_writes_nothing(servers: Servers) -> None:
    _declare(servers.state)
    _write(servers.state, *_opened(TWO_AT_ONCE[:2]))
    paused = _stage(servers, "paused")
    _finish(paused)
    servers.state.hset(AREAS_LEASE, "expires_at_ms", 0)
    _write(servers.state, *_opened(TWO_AT_ONCE)[2:])
    _finish(_stage(servers, "successor"))
    before = _counts(servers.state)
    _finish(paused)
    assert _counts(servers.state) == before == {"violations": 3, "spells:gate": 3, "spells:yard": 2}


def test_garbage_stops_neither_the_area_nor_the_others(servers: Servers) -> None:
    _declare(servers.state)
    servers.state.hset(AREAS, "broken", "{")
    servers.state.xadd(KEYS.violation_log("gate"), {"violation": "{"}, id="1-0")
    servers.state.hset(HALL.members, "gate-1-9-0", "{")
    _write(servers.state, *_opened(TWO_AT_ONCE))
    _finish(_stage(servers))
    assert _counts(servers.state) == {"violations": 3, "spells:gate": 3, "spells:yard": 2, "unreadable": 1}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    spells=st.lists(
        st.builds(
            lambda c, a, n: Spell(c, a, a + n),
            st.sampled_from(["gate", "yard"]),
            st.integers(0, 90),
            st.integers(0, 40),
        ),
        max_size=8,
    ),
    deaths=st.sets(st.integers(0, 15)),
)
def test_whoever_dies_between_commits_the_count_is_that_of_one_who_read_all(
    servers: Servers, spells: list[Spell], deaths: set[int]
) -> None:
    state = servers.state
    changes = sorted(
        [
            *_opened(spells),
            *(a_violation(f"{each.camera}-1-{n}-0", each, ViolationState.ENDED) for n, each in enumerate(spells)),
        ],
        key=lambda each: (each.last_seen, each.id, each.state),
    )
    state.flushall()
    _declare(state)
    _write(state, *changes)
    _finish(_stage(servers))
    whole, logs = _counts(state), {c: cast("_Entries", state.xrange(KEYS.violation_log(c))) for c in ("gate", "yard")}

    state.flushall()
    _declare(state)
    stage = _stage(servers, "0")
    # The same logs, entry by entry in the server's order, with an owner that dies now and then.
    entries = sorted(
        ((entry_id, c, fields) for c, those in logs.items() for entry_id, fields in those),
        key=lambda e: (*map(int, e[0].decode().split("-")), e[1]),
    )
    for place, (entry_id, camera, fields) in enumerate(entries):
        state.xadd(KEYS.violation_log(camera), fields, id=entry_id)
        _finish(stage)
        if place in deaths:
            state.hset(AREAS_LEASE, "expires_at_ms", 0)
            stage = _stage(servers, str(place + 1))
    assert _counts(state) == whole


@pytest.mark.parametrize("owner", ["me", "other"])
def test_a_state_server_that_forgot_a_commit_is_noticed(servers: Servers, owner: str) -> None:
    _declare(servers.state)
    stage = _stage(servers)
    _write(servers.state, *_opened(TWO_AT_ONCE[:2]))
    _finish(stage)
    for key in (HALL.counts, HALL.members, HALL.checkpoint):
        servers.state.delete(key)  # as before the commit
    _write(servers.state, *_opened(TWO_AT_ONCE)[2:])
    if owner == "other":
        servers.state.hset(AREAS_LEASE, "expires_at_ms", 0)
        stage = _stage(servers, owner)
    for _ in range(3):
        _finish(stage)
    assert _counts(servers.state)["violations"] == 3


@pytest.mark.parametrize("fate", [Fate.LOST, Fate.TORN, Fate.DONE], ids=lambda fate: fate.value)
def test_a_connection_that_breaks_at_a_commit_changes_no_count(fate: Fate, servers: Servers, redis_url: str) -> None:
    _declare(servers.state)
    violations = _opened(TWO_AT_ONCE)
    with CuttingProxy(Path(redis_url.removeprefix("unix://"))) as proxy:
        client = connect(proxy.url)
        stage = AreasStage(client, EventsSettings(), "owner")
        _finish(stage)  # what is stored is read in a transaction too
        for violation in violations:
            _write(servers.state, violation)
            proxy.set_fate(fate)
            _finish(stage)
            assert proxy.arrived.is_set()
            _finish(stage)
        client.close()
    assert _counts(servers.state) == {"violations": 3, "spells:gate": 3, "spells:yard": 2}


def test_the_lease_is_given_back(servers: Servers) -> None:
    _declare(servers.state)
    stage = _stage(servers)
    stage.start()
    stage.close()
    assert leases.free(servers.state, [AREAS_LEASE]) == [AREAS_LEASE]
