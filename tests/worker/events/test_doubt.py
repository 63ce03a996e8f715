from collections.abc import Iterable

import pytest

from shared.messages import Detection, FrameResult, Label
from tests.builders import a_detection, a_result
from worker.events.doubt import DoubtRule
from worker.events.judge import Judge
from worker.events.reorder import Arrival
from worker.events.rules import Rules
from worker.events.tracker import Limits
from worker.events.verdict import JudgeState, Verdict

RULE = DoubtRule(max_confidence=0.75, interval_s=60)
UNSURE = a_detection(label=Label.WITH_MASK, confidence=0.6)
OTHER = a_detection(x=900, label=Label.WITHOUT_MASK, confidence=0.6)


def _arrival(result: FrameResult) -> Arrival:
    return Arrival("1-0", result, {n: b"face %d" % n for n in range(len(result.detections))})


def _judged(results: Iterable[FrameResult], rule: DoubtRule | None = RULE, state: JudgeState | None = None) -> Verdict:
    judge, verdict = Judge("gate", Rules(Limits(2.0), doubt=rule), state), Verdict()
    for result in results:
        judge.take(_arrival(result), verdict)
    return verdict


def _sequences(verdict: Verdict) -> list[int]:
    return [each.result.sequence for each in verdict.doubts]


def test_a_face_is_kept_once_however_long_it_is_unsure() -> None:
    verdict = _judged((a_result(n, UNSURE) for n in range(1000)), DoubtRule(0.75, interval_s=0))
    assert _sequences(verdict) == [0]


def test_the_picture_is_that_of_the_unsure_face() -> None:
    sure = a_detection(x=900, confidence=0.99)
    (doubt,) = _judged([a_result(0, sure, UNSURE)]).doubts
    assert (doubt.index, doubt.jpeg) == (1, b"face 1")


def test_a_camera_gives_one_face_in_its_interval() -> None:
    begin, minute = a_result(0, UNSURE), 300
    within = a_result(100, UNSURE, OTHER)
    after = a_result(minute, UNSURE, OTHER)
    assert _sequences(_judged([begin, within, after])) == [0, minute]


@pytest.mark.parametrize(
    "detection",
    [
        a_detection(confidence=0.76),
        a_detection(confidence=0.6, size=14),
        a_detection(confidence=0.6, x=20),
        a_detection(confidence=0.6, face_confidence=0.55),
    ],
    ids=["sure", "tiny", "cut off by the edge", "hardly a face"],
)
def test_what_is_sure_or_cannot_be_told_by_anybody_is_not_kept(detection: Detection) -> None:
    assert not _judged(a_result(n, detection) for n in range(10)).doubts


def test_a_bound_of_one_takes_every_face_for_unsure() -> None:
    assert _judged([a_result(0, a_detection(confidence=1.0))], DoubtRule(1.0, 60)).doubts


def test_without_a_rule_nothing_is_kept() -> None:
    assert not _judged([a_result(0, UNSURE)], rule=None).doubts


def test_a_face_without_a_picture_is_passed_over() -> None:
    judge, verdict = Judge("gate", Rules(Limits(2.0), doubt=RULE)), Verdict()
    judge.take(Arrival("1-0", a_result(0, UNSURE), {}), verdict)
    judge.take(_arrival(a_result(1, UNSURE)), verdict)
    assert _sequences(verdict) == [1]


def test_a_successor_remembers_whom_it_kept() -> None:
    judge = Judge("gate", Rules(Limits(2.0), doubt=DoubtRule(0.75, 0)))
    judge.take(_arrival(a_result(0, UNSURE)), Verdict())
    state = JudgeState.model_validate_json(judge.state.model_dump_json())
    assert not _judged([a_result(1, UNSURE)], DoubtRule(0.75, 0), state).doubts


def test_a_looped_file_does_not_begin_its_interval_anew() -> None:
    judge, verdict = Judge("gate", Rules(Limits(2.0), doubt=RULE)), Verdict()
    for epoch in (1, 2, 3):
        judge.take(_arrival(a_result(0, UNSURE, epoch=epoch)), verdict)
        judge.finish(verdict)
    assert len(verdict.doubts) == 1


def test_a_pass_that_begins_long_before_the_last_one_ended_is_not_locked_out() -> None:
    late = JudgeState(doubted_at=a_result(100_000).captured_at.timestamp())
    assert _judged([a_result(0, UNSURE)], state=late).doubts


def test_keeping_faces_changes_no_count() -> None:
    results = [a_result(n, UNSURE, OTHER, a_detection(x=600)) for n in range(400)]
    with_review, without = _judged(results, DoubtRule(1.0, 0)), _judged(results, None)
    assert with_review.counts == without.counts
    assert with_review.violations == without.violations
    assert with_review.doubts
