from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.messages import DropReason, FrameOutcome, OnOverload
from tests.builders import BEGIN, a_result
from worker.events.reorder import Arrival, Gap, Reorder


def _reorder(next_sequence: int = 0, window_s: float = 2.0) -> Reorder:
    return Reorder(epoch=1, next_sequence=next_sequence, read_to="0-0", window=timedelta(seconds=window_s))


def _arrival(sequence: int, entry: int, *, epoch: int = 1, on_overload: OnOverload = "wait") -> Arrival:
    return Arrival(f"{entry}-0", a_result(sequence, epoch=epoch, on_overload=on_overload), {})


def _sequences(out: list[Arrival | Gap]) -> list[int | str]:
    return [f"gap {each.frames}" if isinstance(each, Gap) else each.result.sequence for each in out]


def test_results_in_order_pass_straight_through() -> None:
    reorder = _reorder()
    assert [_sequences(list(reorder.push(_arrival(n, n + 1)))) for n in range(3)] == [[0], [1], [2]]


def test_a_result_that_overtook_another_waits_for_it() -> None:
    reorder = _reorder()
    assert list(reorder.push(_arrival(1, 1))) == []
    assert _sequences(list(reorder.push(_arrival(0, 2)))) == [0, 1]


def test_a_second_delivery_is_dropped() -> None:
    reorder = _reorder(next_sequence=5)
    assert list(reorder.push(_arrival(4, 1))) == []
    assert not reorder.is_holding


def test_an_outdated_owners_epoch_is_dropped() -> None:
    reorder = _reorder(next_sequence=5)
    assert list(reorder.push(_arrival(7, 1, epoch=0))) == []
    assert not reorder.is_holding


def test_a_lossless_camera_waits_for_a_missing_frame_as_long_as_it_takes() -> None:
    reorder = _reorder()
    out = [each for n in range(1, 100) for each in reorder.push(_arrival(n, n))]
    assert out == []


def test_a_live_cameras_missing_frame_is_given_up_after_the_window() -> None:
    reorder = _reorder(window_s=1.0)
    out = [each for n in range(2, 9) for each in reorder.push(_arrival(n, n, on_overload="drop_oldest"))]
    assert _sequences(out) == ["gap 2", 2, 3, 4, 5, 6, 7, 8]


def test_a_frame_given_up_is_not_counted_when_it_comes_after_all() -> None:
    reorder = _reorder(window_s=1.0)
    list(reorder.push(_arrival(1, 1)))
    list(reorder.flush())
    assert list(reorder.push(_arrival(0, 2))) == []


def test_a_successor_reads_again_what_is_held_back() -> None:
    reorder = _reorder()
    list(reorder.push(_arrival(0, 10)))
    list(reorder.push(_arrival(2, 11)))
    list(reorder.push(_arrival(3, 12)))
    assert reorder.read_to == "12-0"
    assert reorder.checkpoint_id() == f"10-{2**64 - 1}"


def test_ids_within_one_millisecond_step_back_by_their_number() -> None:
    reorder = _reorder()
    list(reorder.push(Arrival("7-3", a_result(1), {})))
    assert reorder.checkpoint_id() == "7-2"


@given(st.permutations(range(12)), st.lists(st.integers(0, 11), max_size=6))
def test_any_order_of_arrival_with_any_repeats_comes_out_once_and_in_order(
    order: list[int], repeats: list[int]
) -> None:
    reorder = _reorder()
    arrivals = [*order, *repeats]
    out = [each for entry, n in enumerate(arrivals, 1) for each in reorder.push(_arrival(n, entry))]
    assert _sequences(out) == list(range(12))


def _live(sequence: int, at_s: float, *, ahead_s: float = 0.0, step_s: float = 0.0, came_s: float = 0.0) -> Arrival:
    """A live frame captured at an instant by a clock that is ahead; it came when captured unless told otherwise."""
    result = a_result(sequence, fps=1.0, on_overload="drop_oldest")
    at = BEGIN + timedelta(seconds=at_s + ahead_s)
    result = result.model_copy(update={"captured_at": at, "clock_step_s": step_s})
    return Arrival(f"{1000 + round(1000 * (came_s or at_s))}-{sequence}", result, {})


def _pushed(reorder: Reorder, *arrivals: Arrival) -> list[int | str]:
    return _sequences([each for arrival in arrivals for each in reorder.push(arrival)])


HOURS = pytest.mark.parametrize("hours", [-3, 3])


@HOURS
def test_a_step_of_the_clock_gives_no_missing_frame_up(hours: int) -> None:
    reorder, ahead_s = _reorder(), 3600.0 * hours
    before = [_live(n, 0.2 * n) for n in (1, 2)]
    behind = [_live(3, 0.6, ahead_s=ahead_s, step_s=ahead_s), _live(4, 0.8, ahead_s=ahead_s)]
    assert _pushed(reorder, *before, *behind) == []
    assert _pushed(reorder, _live(0, 0.0)) == [0, 1, 2, 3, 4]


@HOURS
def test_a_missing_frame_is_given_up_after_the_window_though_the_clock_stepped(hours: int) -> None:
    reorder, ahead_s = _reorder(), 3600.0 * hours
    before = [_live(n, 0.2 * n) for n in range(1, 6)]
    behind = [_live(n, 0.2 * n, ahead_s=ahead_s, step_s=ahead_s if n == 6 else 0.0) for n in range(6, 13)]
    assert _pushed(reorder, *before, *behind) == ["gap 1", *range(1, 13)]


@HOURS
def test_a_step_in_a_missing_frame_gives_no_other_up(hours: int) -> None:
    reorder, ahead_s = _reorder(), 3600.0 * hours
    behind = [_live(n, 0.2 * n, ahead_s=ahead_s) for n in (4, 5)]
    assert _pushed(reorder, _live(1, 0.2), _live(2, 0.4), *behind) == []
    assert _pushed(reorder, _live(0, 0.0), _live(3, 0.6, ahead_s=ahead_s, step_s=ahead_s)) == [0, 1, 2, 3, 4, 5]


def _unchanged(sequence: int) -> Arrival:
    arrival = _live(sequence, 0.2 * sequence)
    update = {"outcome": FrameOutcome.DROPPED, "reason": DropReason.UNCHANGED}
    return replace(arrival, result=arrival.result.model_copy(update=update))


def test_a_slow_workers_frame_is_not_given_up_because_unchanged_ones_overtook_it() -> None:
    reorder = _reorder()
    assert _pushed(reorder, *(_unchanged(n) for n in range(1, 40))) == []
    assert _pushed(reorder, _live(0, 0.0, came_s=8.0)) == list(range(40))


def test_a_frame_that_a_worker_lost_is_given_up_when_later_ones_are_judged() -> None:
    reorder = _reorder()
    assert _pushed(reorder, *(_unchanged(n) for n in range(1, 8)), _live(8, 1.6)) == []
    assert _pushed(reorder, *(_unchanged(n) for n in range(9, 16)), _live(16, 3.2)) == ["gap 1", *range(1, 17)]
