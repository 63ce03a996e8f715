"""People where only what moves is scanned: most of the time nobody looks whether they are still there."""

from collections.abc import Iterable, Sequence

import pytest

from shared.messages import Box, Detection, DropReason, FrameResult, Label
from tests.builders import a_detection, a_result
from worker.events.judge import Judge
from worker.events.reorder import Arrival
from worker.events.rules import Rules
from worker.events.tracker import Limits
from worker.events.verdict import Verdict

FPS = 5.0
BETWEEN = 8  # frames from one keyframe to the next: 1.6 s
BARE, MASKED = a_detection(label=Label.WITHOUT_MASK), a_detection(label=Label.WITH_MASK)
RED, BLUE = (60, 200, 180) * 4, (90, 140, 60) * 4
AROUND_IT, ELSEWHERE = (Box(172, 72, 428, 328),), (Box(800, 400, 1056, 656),)


class _Feed:
    """A gated live camera's results, one after the other; each call is one frame."""

    def __init__(self, fps: float = FPS) -> None:
        self.results: list[FrameResult] = []
        self._fps = fps

    def unchanged(self, frames: int = 1) -> None:
        for _ in range(frames):
            self._add(dropped=DropReason.UNCHANGED)

    def throttled(self, frames: int = 1) -> None:
        for _ in range(frames):
            self._add(dropped=DropReason.THROTTLED)

    def whole(self, *detections: Detection) -> None:
        self._add(*detections)

    def scanned(self, parts: Sequence[Box], *detections: Detection, frames: int = 1) -> None:
        for _ in range(frames):
            self._add(*detections)
            self.results[-1] = self.results[-1].model_copy(update={"scanned": tuple(parts)})

    def keyframes(self, *found: Detection | None) -> None:
        """Keyframes with a face or without one, and after each of them frames in which nothing moved."""
        for each in found:
            self.whole(*([each] if each else []))
            self.unchanged(BETWEEN - 1)

    def _add(self, *detections: Detection, dropped: DropReason | None = None) -> None:
        number = len(self.results)
        self.results.append(
            a_result(number, *detections, fps=self._fps, dropped=dropped, on_overload="drop_oldest"),
        )


def _judged(results: Iterable[FrameResult], lost_s: float = 3.0) -> Verdict:
    judge, verdict = Judge("gate", Rules(Limits(lost_s))), Verdict()
    for result in results:
        judge.take(Arrival("1-0", result, {}), verdict)
    judge.finish(verdict)
    return verdict


def _people(verdict: Verdict) -> int:
    return sum(amount for field, amount in verdict.counts.items() if field.startswith("people:"))


def test_who_stands_still_is_one_person_and_judged_by_keyframes() -> None:
    feed = _Feed()
    feed.keyframes(*[BARE] * 6)
    verdict = _judged(feed.results)
    assert verdict.counts == {
        "processed": 6,
        "dropped:unchanged": 42,
        "faces:without_mask": 6,
        "violations": 1,
        "people:without_mask": 1,
        "people_by_size:40-80:without_mask": 1,
        "watched_ms": 9400,
    }


def _throttled(feed: _Feed, keyframes: int) -> list[FrameResult]:
    """A frame a second of which most show that nothing moved, a keyframe every 5 s."""
    for second in range(5 * keyframes):
        if second % 5:
            feed.unchanged()
        else:
            feed.whole(BARE)
        feed.throttled(round(FPS) - 1)
    return feed.results


def test_who_stands_still_is_one_person_also_with_rare_frames_and_rare_keyframes() -> None:
    verdict = _judged(_throttled(_Feed(), 4))
    assert (_people(verdict), verdict.counts["violations"]) == (1, 1)
    assert (verdict.counts["processed"], verdict.counts["dropped:throttled"]) == (4, 80)
    assert verdict.counts["watched_ms"] == 19_000


def test_who_has_gone_is_gone_also_when_frames_are_rare() -> None:
    feed = _Feed()
    _throttled(feed, 3)
    for _ in range(3):  # two steps, for which a part is scanned each time, and he is not in it
        feed.scanned(AROUND_IT)
        feed.throttled(9)
    _throttled(feed, 3)
    assert _people(_judged(feed.results)) == 2


def test_a_scene_of_which_no_frame_was_sent_for_long_was_not_seen_and_nobody_is_new_for_that() -> None:
    feed = _Feed()
    feed.keyframes(BARE, BARE)
    feed.throttled(round(5 * FPS))
    feed.keyframes(BARE, BARE)
    verdict = _judged(feed.results)
    assert (_people(verdict), verdict.counts["blind_ms:not_judged"]) == (1, 5200)


@pytest.mark.parametrize("missed", [1, 2])
def test_a_keyframe_or_two_may_miss_a_face_that_stands_still(missed: int) -> None:
    feed = _Feed()
    feed.keyframes(BARE, BARE, BARE, *[None] * missed, BARE, BARE, BARE)
    verdict = _judged(feed.results)
    assert (_people(verdict), verdict.counts["violations"]) == (1, 1)


def test_who_was_looked_for_in_vain_three_times_is_gone() -> None:
    feed = _Feed()
    feed.keyframes(BARE, BARE, BARE, None, None, None, BARE, BARE, BARE)
    assert _people(_judged(feed.results)) == 2


def test_a_face_that_is_seldom_looked_for_is_not_kept_for_ever() -> None:
    feed = _Feed()
    feed.keyframes(BARE, BARE, BARE, None)
    feed.unchanged(round(16 * FPS))
    feed.keyframes(BARE, BARE, BARE)
    assert _people(_judged(feed.results)) == 2


def test_as_long_as_nothing_moves_nobody_goes_however_rare_keyframes_are() -> None:
    feed = _Feed()
    for _ in range(4):
        feed.whole(MASKED)
        feed.unchanged(round(60 * FPS))
    assert _people(_judged(feed.results)) == 1


def test_who_did_not_move_need_not_be_told_by_clothing() -> None:
    feed = _Feed()
    feed.keyframes(*[a_detection(appearance=RED)] * 3, *[a_detection(appearance=BLUE)] * 3)
    assert _people(_judged(feed.results)) == 1


def test_somebody_else_at_the_place_of_one_who_was_looked_for_in_vain_is_somebody_else() -> None:
    feed = _Feed()
    feed.keyframes(*[a_detection(appearance=RED)] * 3, None, *[a_detection(appearance=BLUE)] * 3)
    assert _people(_judged(feed.results)) == 2


def test_who_stops_walking_is_where_he_was_last_seen() -> None:
    feed = _Feed()
    for step in range(5):
        at = 200 + 50 * step
        feed.scanned((Box(at - 128, 72, at + 128, 328),), a_detection(x=at))
    feed.unchanged(7)
    feed.keyframes(*[a_detection(x=400)] * 3)
    assert _people(_judged(feed.results)) == 1


def test_who_stood_still_is_hidden_for_two_seconds_and_still_himself() -> None:
    feed = _Feed()
    feed.keyframes(BARE, BARE, BARE)
    feed.scanned(AROUND_IT, frames=10)
    feed.scanned(AROUND_IT, BARE, frames=3)
    assert _people(_judged(feed.results)) == 1


def test_who_is_looked_for_all_the_time_is_gone_as_soon_as_ever() -> None:
    feed = _Feed()
    feed.scanned(AROUND_IT, BARE, frames=4)
    feed.scanned(AROUND_IT, frames=16)
    feed.scanned(AROUND_IT, BARE, frames=4)
    assert _people(_judged(feed.results)) == 2


def test_who_left_over_the_edge_is_not_the_one_who_enters_there_though_nothing_moves_in_between() -> None:
    edge = (Box(1024, 72, 1280, 328),)
    feed = _Feed()
    for step in range(8):
        feed.scanned(edge, a_detection(x=1056 + 28 * step, y=200))
    feed.scanned(edge, frames=3)
    feed.unchanged(3)
    feed.scanned(edge, a_detection(x=1240, y=205), frames=4)
    assert _people(_judged(feed.results)) == 2


@pytest.mark.parametrize(("frames", "people"), [(16, 1), (80, 2)])
def test_nobody_is_looked_for_while_the_scene_is_not_seen_but_nobody_is_waited_for_long(
    frames: int, people: int
) -> None:
    feed = _Feed()
    feed.keyframes(BARE, BARE, BARE)
    overloaded = [each.model_copy(update={"reason": DropReason.OVERLOAD}) for each in _unchanged_behind(feed, frames)]
    later = _Feed()
    later.results = [*feed.results, *overloaded]
    later.keyframes(BARE, BARE, BARE)
    assert _people(_judged(later.results)) == people


def _unchanged_behind(feed: _Feed, frames: int) -> list[FrameResult]:
    longer = _Feed()
    longer.results = list(feed.results)
    longer.unchanged(frames)
    return longer.results[len(feed.results) :]


def test_a_wrong_label_is_not_enough_however_long_nothing_moves() -> None:
    feed = _Feed()
    feed.keyframes(MASKED, BARE, MASKED, MASKED)
    assert _judged(feed.results).counts["violations"] == 0


@pytest.mark.parametrize("fps", [5.0, 10.0, 25.0])
def test_a_face_found_once_is_nobody_however_long_nothing_moves(fps: float) -> None:
    feed = _Feed(fps)
    feed.whole(BARE)
    feed.unchanged(round(10 * fps))
    assert _people(_judged(feed.results)) == 0


def test_who_keeps_still_for_a_frame_is_judged_as_if_that_had_been_looked_at() -> None:
    gated, plain = _Feed(), _Feed()
    for feed in (gated, plain):
        feed.whole(BARE)
    gated.unchanged()
    plain.whole(BARE)
    for feed in (gated, plain):
        feed.whole(BARE)
        for _ in range(10):
            feed.whole(MASKED)
    one, other = _judged(gated.results), _judged(plain.results)
    assert one.counts["violations"] == other.counts["violations"] == 1


def test_a_keyframe_weighs_as_much_whether_others_move_seldom_or_often() -> None:
    feed = _Feed(fps=25)
    for _ in range(3):
        feed.whole(BARE)
        feed.scanned(ELSEWHERE, frames=37)
    assert _judged(feed.results).counts["violations"] == 1


def test_a_corrupt_picture_is_counted_and_changes_no_track() -> None:
    corrupt = a_result(3, dropped=DropReason.CORRUPT).model_copy(update={"width": 1, "height": 1})
    faces = [a_result(n, BARE) for n in (0, 1, 2, 4, 5)]
    verdict = _judged([*faces[:3], corrupt, *faces[3:]])
    assert (verdict.counts["dropped:corrupt"], verdict.counts["processed"], _people(verdict)) == (1, 5, 1)
