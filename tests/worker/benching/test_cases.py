from itertools import count

from worker.benching.cases import WARM_UP_ROUNDS, Case, measured


def test_ours_and_the_bare_call_take_turns_on_the_same_rounds() -> None:
    calls: list[tuple[str, int]] = []
    now = count()  # a slow clock: a call takes a second, so that one a round is enough
    case = Case(
        stage="crop",
        variant="any",
        item="face",
        bare_call="cv2.resize",
        bare=lambda number: calls.append(("bare", number)),
        ours=lambda number: calls.append(("ours", number)),
        clock=lambda: float(next(now)),
    )
    measured(case, 3)
    counted = calls[2 * WARM_UP_ROUNDS :]
    assert sorted(counted) == [(name, number) for name in ("bare", "ours") for number in range(3)]
    assert [number for _, number in counted] == [0, 0, 1, 1, 2, 2]
    assert len({name for name, _ in counted[::2]}) == 2  # neither is always first


def test_what_comes_before_a_call_is_not_timed_and_batches_are_shared_out() -> None:
    now = count()  # a clock that ticks with each reading: 1 s a call
    case = Case(
        stage="read",
        variant="any",
        item="frame",
        bare_call="XREADGROUP",
        bare=lambda _: None,
        ours=lambda _: next(now),  # and one more of its own
        items=4,
        a_frame=2,
        clock=lambda: float(next(now)),
        prepare=lambda: next(now),
    )
    timing = measured(case, 5)
    assert (timing.ours_ms, timing.bare_ms, timing.ratio) == (500, 250, 2)
    assert timing.milliseconds_a_frame == 1000


def test_a_library_call_may_stand_alone() -> None:
    timing = measured(Case("decode", "half", "picture", "cv2.imdecode", lambda _: None, None), 1)
    assert timing.ours_ms is None
    assert timing.ratio is None
    assert timing.milliseconds_a_frame == 0
