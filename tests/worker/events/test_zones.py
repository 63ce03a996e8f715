"""Faces count where their centre is; elsewhere they are followed and nothing more."""

from collections.abc import Iterable, Sequence

from shared.messages import Detection, DropReason, FrameResult, Label
from shared.zones import Point, Zone
from tests.builders import a_detection, a_result
from worker.events.doubt import DoubtRule
from worker.events.judge import Judge
from worker.events.reorder import Arrival
from worker.events.rules import Rules
from worker.events.tracker import Limits
from worker.events.verdict import Verdict

LEFT_HALF = Zone(corners=(Point(0, 0), Point(0.5, 0), Point(0.5, 1), Point(0, 1)))  # to 640 px
PAINTING = Zone(kind="exclude", corners=(Point(0.6, 0), Point(1, 0), Point(1, 1), Point(0.6, 1)))
INSIDE, OUTSIDE = a_detection(x=300), a_detection(x=900)


def _judged(results: Iterable[FrameResult], zones: Sequence[Zone] = (LEFT_HALF,)) -> Verdict:
    judge, verdict = Judge("gate", Rules(Limits(3.0), doubt=DoubtRule(1.0, 0))), Verdict()
    judge.zones = zones
    for result in results:
        judge.take(Arrival("1-0", result, {n: b"face %d" % n for n in range(len(result.detections))}), verdict)
    judge.finish(verdict)
    return verdict


def _walk(*places: float, label: Label = Label.WITHOUT_MASK) -> list[FrameResult]:
    return [a_result(n, a_detection(x=x, label=label)) for n, x in enumerate(places)]


def _there(frames: int, *detections: Detection) -> list[FrameResult]:
    return [a_result(n, *detections) for n in range(frames)]


def test_a_face_outside_adds_to_nothing_but_the_frames() -> None:
    verdict = _judged(_there(20, OUTSIDE))
    assert verdict.counts == {"processed": 20, "watched_ms": 3800}
    assert (verdict.violations, verdict.snapshots, verdict.doubts) == ({}, {}, [])


def test_a_face_inside_counts_beside_one_outside() -> None:
    verdict = _judged(_there(20, OUTSIDE, INSIDE))
    assert verdict.counts == {
        "processed": 20,
        "faces:without_mask": 20,
        "violations": 1,
        "people:without_mask": 1,
        "people_by_size:40-80:without_mask": 1,
        "watched_ms": 3800,
    }
    assert [each.face for each in verdict.snapshots.values()] == [b"face 1"]
    assert {doubt.index for doubt in verdict.doubts} == {1}


def test_an_excluding_zone_alone_lets_all_the_rest_count() -> None:
    assert _judged(_there(20, OUTSIDE, INSIDE), (PAINTING,)).counts["people:without_mask"] == 1


def test_without_zones_every_face_counts() -> None:
    assert _judged(_there(20, OUTSIDE, INSIDE), ()).counts["people:without_mask"] == 2


def test_who_walks_out_and_back_in_is_one_person() -> None:
    out, back = range(400, 900, 20), range(900, 400, -20)
    verdict = _judged(_walk(*out, *back))
    assert verdict.counts["people:without_mask"] == verdict.counts["violations"] == 1


def test_who_is_bare_outside_alone_is_no_violation() -> None:
    outside = _walk(*range(1000, 660, -20))
    inside = [a_result(len(outside) + n, a_detection(x=640 - 20 * n, label=Label.WITH_MASK)) for n in range(1, 12)]
    verdict = _judged([*outside, *inside])
    assert verdict.counts["violations"] == 0
    assert verdict.counts["people:with_mask"] == 1


def test_a_violation_lasts_from_the_first_sight_inside_to_the_last_one() -> None:
    results = _walk(*range(900, 400, -20), *range(400, 900, 20))
    (changes,) = _judged(results).violations.values()
    inside = [each for each in results if each.detections[0].box.centre[0] < 640]
    assert (changes[-1].first_seen, changes[-1].last_seen) == (inside[0].captured_at, inside[-1].captured_at)
    assert changes[-1].box.centre[0] < 640
    assert changes[-1].observations == len(inside)


def test_who_goes_out_of_sight_outside_is_doubted_no_more_for_it() -> None:
    inside = _walk(*[600] * 3, label=Label.WITH_MASK)
    outside = [a_result(3, a_detection(x=650))]
    nobody = [a_result(n) for n in range(4, 14)]
    assert _judged([*inside, *outside, *nobody]).counts["people:with_mask"] == 1


def test_other_zones_hold_from_the_next_frame_on_and_lose_no_track() -> None:
    judge, verdict = Judge("gate", Rules(Limits(3.0))), Verdict()
    for n in range(30):
        judge.zones = (LEFT_HALF,) if n < 10 else ()
        judge.take(Arrival("1-0", a_result(n, OUTSIDE), {}), verdict)
    judge.finish(verdict)
    assert verdict.counts["faces:without_mask"] == 20
    assert [each[0].id for each in verdict.violations.values()] == ["gate-1-0-0"]


def test_nobody_outside_is_taken_to_stand_still_because_no_motion_was_told_of_there() -> None:
    red, blue = a_detection(x=900, appearance=(60, 200, 180) * 4), a_detection(x=900, appearance=(90, 140, 60) * 4)
    judge = Judge("gate", Rules(Limits(3.0)))
    judge.zones = (LEFT_HALF,)
    between = [a_result(n, dropped=DropReason.UNCHANGED) for n in range(1, 8)]
    for result in [a_result(0, red), *between, a_result(8, blue)]:
        judge.take(Arrival("1-0", result, {}), Verdict())
    assert len(judge.state.tracks) == 2
