"""The stage on a real server: one outcome for each burst, whoever dies when."""

from datetime import UTC, datetime, timedelta

import redis

from shared import leases
from shared.connections import Servers
from shared.heartbeat_faces import HeartbeatField
from shared.settings import EventsSettings
from shared.streams import HEARTBEAT, HEARTBEAT_CAMERA, HEARTBEAT_EVENTS_LEASE, KeySpace
from tests.waiting import eventually
from tests.worker.events.heartbeat.bursts import MASKED, faces, outcomes, publish, results, sent, told
from worker.events.heartbeat.stage import HeartbeatStage

KEYS = KeySpace()


def _stage(servers: Servers, owner: str = "me") -> HeartbeatStage:
    return HeartbeatStage(servers, EventsSettings(), owner, lost_after_s=30)


def _end_lease(state: redis.Redis) -> None:
    """As if its owner had been killed a while ago."""
    state.hset(HEARTBEAT_EVENTS_LEASE, "expires_at_ms", 0)


def test_a_burst_that_came_through_is_told_with_all_that_is_known_of_it(servers: Servers) -> None:
    sent(servers.state, 1)
    publish(servers.frames, *results(1, sent_at=datetime.now(UTC) - timedelta(seconds=2)))
    _stage(servers).step(0)
    known = told(servers.state)
    assert known["outcome:right"] == "1"
    assert (known["right:with_mask"], known["right:without_mask"], known["last_outcome"]) == ("1", "1", "right")
    assert (known["decided"], known["model_version"], known["detector"]) == ("1", "7", "maskwatch")
    assert 2 <= float(known["duration_s"]) < 12
    assert float(known["judged_at"]) <= float(known["counted_at"])


def test_nothing_of_it_is_counted_written_or_kept_elsewhere(servers: Servers) -> None:
    sent(servers.state, 1)
    publish(servers.frames, *results(1))
    _stage(servers).step(0)
    results_key = KEYS.results(HEARTBEAT_CAMERA).encode()
    assert set(servers.state.keys("*")) == {HEARTBEAT.encode(), HEARTBEAT_EVENTS_LEASE.encode(), results_key}


def test_a_face_that_was_taken_for_another_is_wrong(servers: Servers) -> None:
    sent(servers.state, 1)
    publish(servers.frames, *results(1, faces(left=MASKED)))
    _stage(servers).step(0)
    known = told(servers.state)
    assert outcomes(servers.state) == {"wrong": 1}
    assert (known["right:with_mask"], known["right:without_mask"], known["last_outcome"]) == ("1", "0", "wrong")


def test_a_burst_of_which_nothing_comes_is_lost_when_its_time_is_up_and_once(servers: Servers) -> None:
    sent(servers.state, 1)
    stage = _stage(servers)
    stage.step(0)
    stage.step(29)
    assert outcomes(servers.state) == {}
    stage.step(31)
    stage.step(62)
    assert outcomes(servers.state) == {"lost": 1}
    assert "counted_at" not in told(servers.state)


def test_what_was_lost_says_nothing_of_the_faces(servers: Servers) -> None:
    sent(servers.state, 1)
    publish(servers.frames, *results(1, faces(left=MASKED)))
    stage = _stage(servers)
    stage.step(0)
    before = told(servers.state)
    sent(servers.state, 2)
    stage.step(1)
    stage.step(32)
    after = told(servers.state)
    assert (before["last_outcome"], after["last_outcome"]) == ("wrong", "lost")
    kept = ("right:with_mask", "right:without_mask", "counted_at", "duration_s")
    assert [after[each] for each in kept] == [before[each] for each in kept]


def test_what_comes_too_late_changes_nothing(servers: Servers) -> None:
    sent(servers.state, 1)
    stage = _stage(servers)
    stage.step(0)
    stage.step(31)
    publish(servers.frames, *results(1))
    stage.step(32)
    _stage(servers, "me").step(0)
    assert outcomes(servers.state) == {"lost": 1}


def test_half_a_burst_is_judged_by_what_came_of_it(servers: Servers) -> None:
    sent(servers.state, 1)
    publish(servers.frames, *results(1)[:4])
    stage = _stage(servers)
    stage.step(0)
    assert outcomes(servers.state) == {}
    stage.step(31)
    assert outcomes(servers.state) == {"right": 1}


def test_every_burst_has_one_outcome_though_some_left_no_trace(servers: Servers) -> None:
    sent(servers.state, 6)
    publish(servers.frames, *results(2), *results(3)[:1], *results(5), *results(2))
    stage = _stage(servers)
    stage.step(0)
    assert outcomes(servers.state) == {"right": 2, "lost": 3}
    stage.step(31)
    assert outcomes(servers.state) == {"right": 2, "lost": 4}
    assert told(servers.state)["decided"] == "6"


def test_bursts_that_waited_for_an_events_worker_are_all_judged(servers: Servers) -> None:
    sent(servers.state, 40)
    for epoch in range(1, 41):
        publish(servers.frames, *results(epoch))
    _stage(servers).step(0)
    assert outcomes(servers.state) == {"right": 40}


def test_whoever_follows_a_killed_worker_neither_loses_nor_doubles_a_burst(servers: Servers) -> None:
    sent(servers.state, 1)
    judged = results(1)
    for place, each in enumerate(judged):
        publish(servers.frames, each)
        _end_lease(servers.state)
        _stage(servers, f"worker-{place}").step(0)
    _end_lease(servers.state)
    _stage(servers, "last").step(0)
    assert outcomes(servers.state) == {"right": 1}


def test_one_worker_judges_at_a_time_and_a_paused_one_writes_nothing(servers: Servers) -> None:
    sent(servers.state, 1)
    first, second = _stage(servers, "first"), _stage(servers, "second")
    first.step(0)
    second.step(0)
    publish(servers.frames, *results(1)[:3])
    first.step(1)
    _end_lease(servers.state)
    publish(servers.frames, *results(1)[3:])
    second.step(2)
    first.step(3)
    assert outcomes(servers.state) == {"right": 1}
    lease = leases.acquire(servers.state, HEARTBEAT_EVENTS_LEASE, "second", 1000)
    assert lease is not None


def test_a_state_server_that_lost_all_begins_behind_what_the_frames_server_has_of_before(servers: Servers) -> None:
    publish(servers.frames, *results(500, faces(left=MASKED)))
    sent(servers.state, 1)
    stage = _stage(servers)
    stage.step(0)
    publish(servers.frames, *results(1))
    stage.step(1)
    assert outcomes(servers.state) == {"right": 1}


def test_a_frames_server_that_began_anew_with_an_earlier_clock_is_read_again(servers: Servers) -> None:
    sent(servers.state, 1)
    servers.state.hset(HEARTBEAT, HeartbeatField.STREAM_ID, "9999999999999-0")
    publish(servers.frames, *results(1))
    stage = _stage(servers)
    stage.step(0)
    stage.step(31)
    assert outcomes(servers.state) == {"lost": 1}
    sent(servers.state, 2)
    publish(servers.frames, *results(2))
    stage.step(32)
    assert outcomes(servers.state) == {"lost": 1, "right": 1}


def test_what_cannot_be_understood_is_passed_over(servers: Servers) -> None:
    sent(servers.state, 1)
    servers.frames.xadd(KEYS.results(HEARTBEAT_CAMERA), {"result": "{"})
    servers.frames.xadd(KEYS.results(HEARTBEAT_CAMERA), {"other": "x"})
    publish(servers.frames, *results(1))
    stage = _stage(servers)
    stage.step(0)
    stage.step(1)
    assert outcomes(servers.state) == {"right": 1}


def test_in_its_thread_it_judges_and_gives_the_lease_back(servers: Servers) -> None:
    sent(servers.state, 1)
    publish(servers.frames, *results(1))
    stage = _stage(servers)
    stage.start()
    eventually(lambda: outcomes(servers.state) == {"right": 1})
    stage.close()
    assert servers.state.hget(HEARTBEAT_EVENTS_LEASE, "owner") == b""


def test_switched_off_it_takes_no_lease(servers: Servers) -> None:
    stage = HeartbeatStage(servers, EventsSettings(heartbeat_faces_s=0), "me")
    stage.start()
    stage.close()
    assert not servers.state.exists(HEARTBEAT_EVENTS_LEASE)
