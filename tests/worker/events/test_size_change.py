"""A camera's picture changes its size or shape while people stand in it."""

import pytest

from shared.messages import Box, Detection, FrameResult, Label
from tests.builders import a_detection, a_result
from worker.events.judge import Judge
from worker.events.reorder import Arrival
from worker.events.rules import Rules
from worker.events.tracker import Limits
from worker.events.verdict import Verdict

WIDTH, HEIGHT = 1280, 720
OTHER_SIZES = [
    pytest.param(640, 360, id="half"),
    pytest.param(2560, 1440, id="double"),
    pytest.param(640, 480, id="another shape"),
    pytest.param(720, 1280, id="upright"),
]


def _resized(result: FrameResult, width: int, height: int) -> FrameResult:
    x, y = width / WIDTH, height / HEIGHT
    detections = tuple(_scaled(each, x, y) for each in result.detections)
    return result.model_copy(update={"width": width, "height": height, "detections": detections})


def _scaled(detection: Detection, x: float, y: float) -> Detection:
    box = detection.box
    return detection.model_copy(update={"box": Box(box.x0 * x, box.y0 * y, box.x1 * x, box.y1 * y)})


def _walking(frames: int) -> list[FrameResult]:
    masked = [a_detection(x=1100 - 25 * n, y=560, size=90, label=Label.WITH_MASK) for n in range(frames)]
    return [a_result(n, a_detection(x=150 + 30 * n, y=150, size=90), each) for n, each in enumerate(masked)]


def _judged(results: list[FrameResult]) -> Verdict:
    judge, verdict = Judge("gate", Rules(Limits(2.0))), Verdict()
    for result in results:
        judge.take(Arrival("1-0", result, {}), verdict)
    judge.finish(verdict)
    return verdict


@pytest.mark.parametrize(("width", "height"), OTHER_SIZES)
def test_who_walks_while_the_picture_changes_its_size_stays_one_person(width: int, height: int) -> None:
    frames = _walking(30)
    changed = [*frames[:15], *(_resized(each, width, height) for each in frames[15:])]
    assert _judged(changed).counts == _judged(frames).counts


@pytest.mark.parametrize(("width", "height"), OTHER_SIZES)
def test_there_and_back_again_in_every_frame(width: int, height: int) -> None:
    frames = _walking(30)
    changing = [each if n % 2 else _resized(each, width, height) for n, each in enumerate(frames)]
    verdict = _judged(changing)
    assert verdict.counts["people:without_mask"] == verdict.counts["people:with_mask"] == 1


def test_a_violations_box_is_in_pixels_of_the_newest_picture() -> None:
    frames = _walking(20)
    changed = [*frames[:15], _resized(a_result(15), 640, 360)]
    (changes,) = _judged(changed).violations.values()
    x, y = frames[14].detections[0].box.centre
    assert changes[-1].box.centre == pytest.approx((x / 2, y / 2))
