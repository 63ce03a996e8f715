from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.messages import OnOverload
from tests.builders import a_result
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
