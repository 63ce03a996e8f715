from shared.messages import Box, DropReason, FrameResult, Label, ViolationState
from tests.builders import a_detection, a_result
from worker.events.judge import Judge
from worker.events.reorder import Arrival
from worker.events.rules import Rules
from worker.events.tracker import Limits
from worker.events.verdict import JudgeState, Verdict

RULES = Rules(limits=Limits(2.0))
BARE = a_detection(label=Label.WITHOUT_MASK)
MASKED = a_detection(label=Label.WITH_MASK)


def _arrival(result: FrameResult) -> Arrival:
    return Arrival("1-0", result, {n: b"face %d" % n for n in range(len(result.detections))})


def _judged(*results: FrameResult) -> Verdict:
    judge, verdict = Judge("gate", RULES), Verdict()
    for result in results:
        judge.take(_arrival(result), verdict)
    judge.finish(verdict)
    return verdict


def test_a_bare_face_is_one_violation_however_long_it_stays() -> None:
    verdict = _judged(*(a_result(n, BARE) for n in range(100)))
    assert verdict.counts["violations"] == 1
    assert verdict.counts["people:without_mask"] == 1
    assert verdict.counts["processed"] == 100


def test_a_masked_face_is_a_person_and_no_violation() -> None:
    verdict = _judged(*(a_result(n, MASKED) for n in range(10)))
    assert verdict.counts["violations"] == 0
    assert verdict.counts["people:with_mask"] == 1


def test_one_wrong_label_is_not_enough() -> None:
    labels = [MASKED, MASKED, BARE, MASKED, MASKED, MASKED]
    assert _judged(*(a_result(n, each) for n, each in enumerate(labels))).counts["violations"] == 0


def test_who_puts_the_mask_on_later_was_a_violation() -> None:
    labels = [BARE] * 5 + [MASKED] * 20
    assert _judged(*(a_result(n, each) for n, each in enumerate(labels))).counts["violations"] == 1


def test_a_mask_put_on_later_makes_a_violation_no_less_sure() -> None:
    (changes,) = _judged(*(a_result(n, BARE if n < 5 else MASKED) for n in range(60))).violations.values()
    assert changes[-1].state is ViolationState.ENDED
    assert changes[-1].confidence >= changes[0].confidence > 0.85


def test_who_takes_the_mask_off_is_a_violator_as_surely_as_others() -> None:
    (changes,) = _judged(*(a_result(n, MASKED if n < 60 else BARE) for n in range(90))).violations.values()
    assert changes[-1].confidence > 0.95


def test_a_face_seen_twice_only_is_nobody() -> None:
    verdict = _judged(a_result(0, BARE), a_result(1, BARE), *(a_result(n) for n in range(2, 20)))
    assert verdict.counts["violations"] == 0
    assert not any(field.startswith("people:") for field in verdict.counts)


def test_a_false_face_that_flickers_up_now_and_then_is_no_violation() -> None:
    results = [a_result(n, *([BARE] if n % 8 == 0 else []), fps=25) for n in range(80)]
    assert _judged(*results).counts["violations"] == 0


def test_a_face_cut_off_by_the_pictures_edge_is_not_judged() -> None:
    at_edge = a_detection(x=25, size=60)
    verdict = _judged(*(a_result(n, at_edge) for n in range(10)))
    assert verdict.counts["violations"] == 0
    assert verdict.counts["people:cannot_tell"] == 1


def test_a_violation_opens_once_and_ends_once_under_one_id() -> None:
    (changes,) = _judged(*(a_result(n, BARE) for n in range(40))).violations.values()
    assert changes[0].state is ViolationState.OPENED
    assert changes[-1].state is ViolationState.ENDED
    assert {change.state for change in changes[1:-1]} <= {ViolationState.UPDATED}
    assert {change.id for change in changes} == {"gate-1-0-0"}


def test_the_snapshot_is_a_face_of_the_violator() -> None:
    verdict = _judged(*(a_result(n, MASKED, a_detection(x=900)) for n in range(10)))
    assert {name: each.face for name, each in verdict.snapshots.items()} == {"gate-1-0-1": b"face 1"}


def test_a_dropped_frame_is_counted_with_its_reason_and_changes_no_track() -> None:
    verdict = _judged(*(a_result(n, BARE) for n in range(3)), a_result(3, dropped=DropReason.STALE))
    assert verdict.counts["dropped:stale"] == 1
    assert verdict.counts["processed"] == 3


def test_a_judge_restored_from_its_state_after_every_frame_finds_the_same() -> None:
    results = [a_result(n, a_detection(x=100 + 31.7 * n), a_detection(x=1100 - 29.3 * n)) for n in range(30)]
    state, verdict = JudgeState(), Verdict()
    for result in results:
        judge = Judge("gate", RULES, JudgeState.model_validate_json(state.model_dump_json(exclude_defaults=True)))
        judge.take(_arrival(result), verdict)
        state = judge.state
    Judge("gate", RULES, state).finish(verdict)
    undisturbed = _judged(*results)
    assert verdict == undisturbed


def test_the_state_of_a_crowd_stays_small() -> None:
    crowd = [a_detection(x=60 + 100 * n, y=60 + 50 * n, appearance=tuple(range(12))) for n in range(12)]
    judge, verdict = Judge("gate", RULES), Verdict()
    for n in range(50):
        judge.take(_arrival(a_result(n, *crowd)), verdict)
    assert len(judge.state.model_dump_json(exclude_defaults=True)) < 12_000


def _between_keyframes(number: int) -> FrameResult:
    """Somebody else moves, far away: only there was it scanned."""
    return a_result(number).model_copy(update={"scanned": (Box(800, 400, 1056, 656),)})


def test_who_stands_still_while_others_move_is_judged_by_keyframes_alone() -> None:
    verdict = _judged(*(_between_keyframes(n) if n % 5 else a_result(n, BARE) for n in range(60)))
    assert verdict.counts["violations"] == 1
    assert verdict.counts["people:without_mask"] == 1


def test_who_is_not_found_where_it_was_scanned_fades() -> None:
    around = (Box(172, 72, 428, 328),)
    missed = [a_result(n).model_copy(update={"scanned": around}) for n in range(60)]
    verdict = _judged(*(missed[n] if n % 5 else a_result(n, BARE) for n in range(60)))
    assert verdict.counts["violations"] == 0
