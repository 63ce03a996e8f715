"""Masks that are put on, taken off, and worn wrongly: how many violations, and what each says."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import chain, repeat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.messages import Detection, DropReason, FrameResult, Label, Violation, ViolationState
from shared.zones import Point, Zone
from tests.builders import BEGIN, a_detection, a_result
from worker.events.judge import Judge
from worker.events.reorder import Arrival
from worker.events.rules import Rules
from worker.events.tracker import Limits
from worker.events.verdict import Verdict

FPS = 5
RULES = Rules(limits=Limits(3.0), rearm_s=10.0)
BARE, MASKED, WRONG = (
    a_detection(label=label) for label in (Label.WITHOUT_MASK, Label.WITH_MASK, Label.INCORRECT_MASK)
)
Stretch = tuple[Detection, float]  # for so many seconds


def _results(*stretches: Stretch, fps: float = FPS) -> list[FrameResult]:
    faces = chain.from_iterable(repeat(face, round(seconds * fps)) for face, seconds in stretches)
    return [a_result(n, face, fps=fps) for n, face in enumerate(faces)]


def _judged(results: Sequence[FrameResult], rules: Rules = RULES, zones: Sequence[Zone] = ()) -> Verdict:
    judge, verdict = Judge("gate", rules), Verdict()
    judge.zones = zones
    for result in results:
        judge.take(Arrival("1-0", result, {}), verdict)
    judge.finish(verdict)
    return verdict


def _last(verdict: Verdict) -> list[Violation]:
    return [changes[-1] for changes in verdict.violations.values()]


def test_who_takes_the_mask_off_soon_again_is_still_the_same_violation() -> None:
    verdict = _judged(_results((BARE, 4), (MASKED, 8), (BARE, 4)))
    (violation,) = _last(verdict)
    assert verdict.counts["violations"] == 1
    assert violation.first_seen == BEGIN
    assert violation.last_seen == BEGIN + timedelta(seconds=15.8)


def test_who_takes_it_off_after_having_worn_it_for_long_enough_is_another_violation() -> None:
    verdict = _judged(_results((BARE, 4), (MASKED, 15), (BARE, 4), (MASKED, 15), (BARE, 4)))
    assert list(verdict.violations) == ["gate-1-0-0", "gate-1-0-0.2", "gate-1-0-0.3"]
    assert verdict.counts["violations"] == 3
    assert verdict.counts["people:without_mask"] == 1
    assert [each.first_seen for each in _last(verdict)] == [BEGIN + timedelta(seconds=s) for s in (0, 19, 38)]


def test_a_violation_that_ended_changes_no_more_and_says_when_it_was_last_bare() -> None:
    verdict = _judged(_results((BARE, 4), (MASKED, 60)))
    (changes,) = verdict.violations.values()
    assert [each.state for each in changes].count(ViolationState.ENDED) == 1
    assert changes[-1].state is ViolationState.ENDED
    assert changes[-1].last_seen == BEGIN + timedelta(seconds=3.8)
    assert changes[-1].duration_s == 3.8


def test_that_the_mask_went_on_is_told_at_once_and_the_end_when_it_stayed_on() -> None:
    judge, verdict = Judge("gate", RULES), Verdict()
    told: dict[ViolationState, float] = {}
    for result in _results((BARE, 4), (MASKED, 30)):
        before = sum(map(len, verdict.violations.values()))
        judge.take(Arrival("1-0", result, {}), verdict)
        for change in list(chain.from_iterable(verdict.violations.values()))[before:]:
            told[change.state] = (result.captured_at - BEGIN).total_seconds()
    assert told[ViolationState.UPDATED] <= 6
    assert 14 <= told[ViolationState.ENDED] <= 17


def test_time_away_is_no_time_with_the_mask() -> None:
    before, after = _results((BARE, 4), (MASKED, 4)), _results((MASKED, 3), (BARE, 4))
    away = timedelta(seconds=10)
    later = [
        each.model_copy(update={"sequence": 100 + n, "captured_at": before[-1].captured_at + away + n * away / 50})
        for n, each in enumerate(after)
    ]
    assert _judged([*before, *later]).counts["violations"] == 1


def test_who_keeps_still_with_the_mask_on_wears_it_meanwhile() -> None:
    frames = _results((BARE, 4), (MASKED, 3), (MASKED, 12), (BARE, 4))
    still = [
        a_result(n, dropped=DropReason.UNCHANGED) if 35 <= n < 95 and n % 8 else each for n, each in enumerate(frames)
    ]
    assert _judged(still).counts["violations"] == 2


def test_without_a_rearm_time_each_taking_off_counts() -> None:
    rules = Rules(limits=Limits(3.0), rearm_s=0)
    assert _judged(_results((BARE, 4), (MASKED, 4), (BARE, 4)), rules).counts["violations"] == 2


def test_a_mask_under_the_nose_is_a_violation_of_its_own_kind() -> None:
    verdict = _judged(_results((WRONG, 4)))
    assert [each.label for each in _last(verdict)] == [Label.INCORRECT_MASK]
    assert verdict.counts["people:incorrect_mask"] == 1


def test_it_is_none_where_the_operator_says_so() -> None:
    rules = Rules(limits=Limits(3.0), incorrect_is_violation=False)
    verdict = _judged(_results((WRONG, 4)), rules)
    assert verdict.counts["violations"] == 0
    assert verdict.counts["people:incorrect_mask"] == 1
    assert _judged(_results((WRONG, 4), (BARE, 4)), rules).counts["violations"] == 1


def test_a_mask_that_goes_from_the_nose_to_the_chin_to_the_pocket_is_one_violation() -> None:
    verdict = _judged(_results((WRONG, 4), (BARE, 4)))
    assert [each.label for each in _last(verdict)] == [Label.WITHOUT_MASK]
    assert verdict.counts["violations"] == verdict.counts["people:without_mask"] == 1


def test_the_zone_is_that_of_the_face_when_the_violation_opened() -> None:
    left = Zone(name="left", corners=(Point(0, 0), Point(0.5, 0), Point(0.5, 1), Point(0, 1)))
    right = Zone(name="right", corners=(Point(0.5, 0), Point(1, 0), Point(1, 1), Point(0.5, 1)))
    faces = [a_detection(x=300 + 20 * n) for n in range(40)]
    (violation,) = _last(_judged([a_result(n, face) for n, face in enumerate(faces)], zones=(left, right)))
    assert violation.zone == "left"


def test_without_zones_a_violation_names_none() -> None:
    assert [each.zone for each in _last(_judged(_results((BARE, 4))))] == [None]


@settings(max_examples=150, deadline=None)
@given(
    fps=st.sampled_from([2, 3, 5, 10, 15, 25, 30]),
    seconds=st.floats(3, 6),
    place=st.floats(0, 1),
    confidence=st.floats(0.5, 1),
    wrong_confidence=st.floats(0.5, 1),
    is_bare=st.booleans(),
)
def test_one_wrong_label_changes_nothing_wherever_it_comes(
    fps: int, seconds: float, place: float, confidence: float, wrong_confidence: float, is_bare: bool
) -> None:
    labels = (Label.WITHOUT_MASK, Label.WITH_MASK) if is_bare else (Label.WITH_MASK, Label.WITHOUT_MASK)
    right, wrong = (
        a_detection(label=labels[0], confidence=0.9),
        a_detection(label=labels[1], confidence=round(wrong_confidence, 4)),
    )
    frames = _results((right.model_copy(update={"confidence": max(0.9, confidence)}), seconds), fps=fps)
    at = min(len(frames) - 1, int(place * len(frames)))
    disturbed = [each.model_copy(update={"detections": (wrong,)}) if n == at else each for n, each in enumerate(frames)]
    for verdict in (_judged(frames), _judged(disturbed)):
        assert verdict.counts["violations"] == is_bare
        assert verdict.counts[f"people:{labels[0]}"] == 1
        assert sum(len({each.id for each in changes}) for changes in verdict.violations.values()) == is_bare


@pytest.mark.parametrize("fps", [3, 5, 10, 25])
def test_a_wrong_label_before_the_mask_goes_on_again_does_not_reset_the_time_with_it(fps: int) -> None:
    verdict = _judged(_results((BARE, 4), (MASKED, 8), (BARE, 1 / fps), (MASKED, 8), (BARE, 4), fps=fps))
    assert verdict.counts["violations"] == 2
