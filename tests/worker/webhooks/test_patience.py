import pytest

from shared.messages import ViolationState
from shared.webhooks import WaitingEvent
from tests.worker.webhooks.builders import ENDED, OPENED, a_violation
from worker.webhooks.patience import Backoff, Patience


def _waits(violation_id: str, state: ViolationState = OPENED) -> WaitingEvent:
    return WaitingEvent(id=f"{violation_id}:{state}", at_ms=0, violation=a_violation(violation_id, state))


def test_waits_double_up_to_the_longest_and_are_spread() -> None:
    backoff = Backoff(first_s=1, most_s=300)
    for failures, span_s in ((1, 1), (2, 2), (5, 16), (10, 300), (10_000, 300)):
        waits = {backoff.after(failures) for _ in range(20)}
        assert len(waits) > 1
        assert all(span_s / 2 <= wait <= span_s for wait in waits)


def test_one_bad_event_holds_up_no_other_but_those_of_its_violation() -> None:
    patience = Patience(Backoff(first_s=1))
    waiting = {0: _waits("bad"), 1: _waits("bad", ENDED), 2: _waits("good")}
    assert patience.next(waiting, now=0) == 0
    patience.event_failed(0, now=0, at_least_s=60)
    assert patience.next(waiting, now=0.4) is None  # a receiver that failed gets a moment
    assert patience.next(waiting, now=1) == 2
    del waiting[2]
    assert patience.next(waiting, now=59) is None
    assert patience.idle_s(waiting, now=59, most_s=9) == 1
    assert patience.next(waiting, now=60) == 0


def test_a_receiver_that_is_away_is_left_alone_for_longer_and_longer() -> None:
    patience = Patience(Backoff(first_s=1))
    waiting = {0: _waits("a"), 1: _waits("b")}
    patience.receiver_failed(now=0, at_least_s=0)
    assert patience.next(waiting, now=0.4) is None
    assert patience.next(waiting, now=1) == 0
    for _ in range(5):
        patience.receiver_failed(now=1, at_least_s=0)
    assert patience.next(waiting, now=10) is None
    patience.answered()
    assert patience.next(waiting, now=10) == 0


def test_a_receiver_may_ask_for_patience() -> None:
    patience = Patience(Backoff(first_s=1))
    patience.receiver_failed(now=0, at_least_s=120)
    assert patience.next({0: _waits("a")}, now=119) is None


@pytest.mark.parametrize("has_more", [False, True])
def test_idle_time_ends_with_the_next_try(has_more: bool) -> None:
    patience = Patience(Backoff(first_s=1))
    waiting = {0: _waits("a")} if has_more else {}
    assert patience.idle_s(waiting, now=5, most_s=0.5) == (0 if has_more else 0.5)
