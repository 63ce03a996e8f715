"""The producer's clock is put forward and back; what counts is the time that passed."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.messages import DropReason, FrameResult, Label, ViolationState
from tests.builders import a_detection, a_result
from worker.events.doubt import DoubtRule
from worker.events.judge import Judge
from worker.events.reorder import Arrival
from worker.events.rules import Rules
from worker.events.tracker import Limits
from worker.events.verdict import JudgeState, Verdict

# Frames and limits that never fall on one instant, where rounding would decide.
FPS, LIMITS = 7.0, Limits(2.1)
RULES = Rules(LIMITS, doubt=DoubtRule(1.0, 3.1))
HOUR = 3600.0


def _judged(results: Iterable[FrameResult]) -> Verdict:
    judge, verdict = Judge("gate", RULES), Verdict()
    for result in results:
        judge.take(Arrival("1-0", result, dict.fromkeys(range(len(result.detections)), b"face")), verdict)
    judge.finish(verdict)
    return verdict


def _stepped(results: Sequence[FrameResult], steps: dict[int, float]) -> list[FrameResult]:
    """The same frames by a clock that is put forward by so many seconds just before some of them."""
    ahead, stepped = 0.0, []
    for n, result in enumerate(results):
        ahead += steps.get(n, 0.0)
        at = result.captured_at + timedelta(seconds=ahead)
        stepped.append(result.model_copy(update={"captured_at": at, "clock_step_s": steps.get(n, 0.0)}))
    return stepped


def _unannounced(results: Iterable[FrameResult]) -> list[FrameResult]:
    return [each.model_copy(update={"clock_step_s": 0.0}) for each in results]


FRAMES = 60
FATES = ["bare", "bare", "bare", "masked", "nobody", "two", "stale", "unchanged", "lost"]
SCENES = st.lists(st.sampled_from(FATES), min_size=FRAMES, max_size=FRAMES)
STEPS = st.dictionaries(st.integers(0, FRAMES - 1), st.floats(-1e6, 1e6).map(lambda s: round(s, 3)), max_size=6)


def _scene(fates: Sequence[str]) -> list[FrameResult]:
    return [result for n, fate in enumerate(fates) if (result := _frame(n, fate)) is not None]


def _frame(n: int, fate: str) -> FrameResult | None:
    walker = a_detection(x=200 + 12 * n, confidence=0.9)
    masked = a_detection(x=200 + 12 * n, label=Label.WITH_MASK)
    shown = {"bare": [walker], "masked": [masked], "two": [walker, a_detection(x=900, y=500)], "nobody": []}
    if fate == "lost":
        return None
    if fate in shown:
        return a_result(n, *shown[fate], fps=FPS)
    return a_result(n, fps=FPS, dropped=DropReason(fate))


@given(SCENES, STEPS)
def test_steps_of_the_clock_at_any_frames_change_no_count(fates: list[str], steps: dict[int, float]) -> None:
    results = _scene(fates)
    plain, stepped = _judged(results), _judged(_stepped(results, steps))
    assert stepped.counts == plain.counts
    assert list(stepped.violations) == list(plain.violations)
    assert [doubt.result.sequence for doubt in stepped.doubts] == [doubt.result.sequence for doubt in plain.doubts]


@given(SCENES, STEPS)
def test_a_violation_lasts_as_long_as_it_did(fates: list[str], steps: dict[int, float]) -> None:
    results = _scene(fates)
    plain, stepped = _judged(results), _judged(_stepped(results, steps))
    for violation_id, changes in plain.violations.items():
        one, other = changes[-1], stepped.violations[violation_id][-1]
        assert (other.last_seen - other.first_seen).total_seconds() == pytest.approx(
            (one.last_seen - one.first_seen).total_seconds(), abs=1e-3
        )


@pytest.mark.parametrize("step_s", [-HOUR, -1.0, HOUR])
def test_instants_are_told_by_the_clock_as_it_goes_now(step_s: float) -> None:
    bare = [a_result(n, a_detection()) for n in range(20)]
    results = _stepped(bare, {10: step_s})
    (changes,) = _judged(results).violations.values()
    assert changes[-1].state is ViolationState.ENDED
    assert changes[-1].first_seen == bare[0].captured_at + timedelta(seconds=step_s)
    assert changes[-1].last_seen == results[-1].captured_at


def test_a_clock_that_went_back_in_a_lost_frame_is_noticed() -> None:
    frames = [a_result(n, a_detection()) for n in range(40)]
    results = _unannounced(_stepped(frames, {20: -HOUR}))
    verdict = _judged([*results[:20], *results[21:]])
    assert verdict.counts["violations"] == verdict.counts["people:without_mask"] == 1


def test_who_is_away_for_longer_than_the_limit_is_new_though_the_clock_went_back() -> None:
    frames = [a_result(n, *([] if 10 <= n < 30 else [a_detection()])) for n in range(40)]
    assert _judged(_stepped(frames, {20: -HOUR})).counts["people:without_mask"] == 2


def test_the_interval_between_two_faces_for_review_outlasts_a_step_and_the_end_of_a_pass() -> None:
    judge, verdict = Judge("gate", Rules(LIMITS, doubt=DoubtRule(1.0, 60.0))), Verdict()
    first = _stepped([a_result(n, a_detection()) for n in range(4)], {2: HOUR})
    second = [a_result(n, a_detection(), epoch=2) for n in range(4)]
    second = [each.model_copy(update={"captured_at": first[-1].captured_at + timedelta(seconds=9)}) for each in second]
    for results in (first, second):
        for result in results:
            judge.take(Arrival("1-0", result, {0: b"face"}), verdict)
        judge.finish(verdict)
    assert len(verdict.doubts) == 1


def test_tracks_of_a_checkpoint_that_knew_no_steps_go_on() -> None:
    judge, verdict = Judge("gate", RULES), Verdict()
    for n in range(3):
        judge.take(Arrival("1-0", a_result(n, a_detection()), {}), verdict)
    written = judge.state.model_dump()
    del written["clock"], written["size"]
    for track in written["tracks"]:
        for name in ("still_s", "unsought_s", "misses", "voted_at", "counted_from", "counted_to", "counted_box"):
            del track[name]
    successor = Judge("gate", RULES, JudgeState.model_validate(written))
    for n in range(3, 6):
        successor.take(Arrival("1-0", a_result(n, a_detection()), {}), verdict)
    successor.finish(verdict)
    assert verdict.counts["people:without_mask"] == verdict.counts["violations"] == 1
