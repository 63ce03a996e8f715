from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from producer.heartbeat.picture import known_faces
from shared.heartbeat_faces import FRAMES, HeartbeatOutcome
from shared.messages import Detection, DropReason, FrameOutcome, FrameResult
from shared.settings import WorkerSettings
from tests.worker.events.heartbeat.bursts import BARE, MASKED, faces, results
from worker.events.heartbeat.burst import Answer, Burst
from worker.events.reorder import Arrival
from worker.loading import load_pipeline
from worker.pipeline import Pipeline


@pytest.fixture(scope="module", params=["maskwatch", "haar"])
def shipped(request: pytest.FixtureRequest) -> Iterator[Pipeline]:
    """The shipped model behind a detector that needs nothing to be fetched."""
    pipeline = load_pipeline(WorkerSettings(detector=request.param, worker_threads=1))
    yield pipeline
    pipeline.close()


def _answer(judged: list[FrameResult]) -> Answer:
    burst = Burst(judged[0].epoch)
    for place, each in enumerate(judged):
        burst.take(Arrival(f"{1000 * place + 1000}-0", each, {}))
    return burst.finish()


def _found(pipeline: Pipeline, jpeg: bytes) -> tuple[Detection, ...]:
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    (judged,) = pipeline.judge([np.asarray(picture, np.uint8)])
    return judged.detections


def test_the_picture_is_judged_right_by_what_ships(shipped: Pipeline) -> None:
    found = _found(shipped, known_faces())
    assert len(found) == 2
    assert min(each.confidence for each in found) > 0.98
    assert min(each.face_confidence for each in found) > 0.85
    answer = _answer(results(1, found))
    assert answer.outcome is HeartbeatOutcome.RIGHT
    assert answer.is_right == {BARE: True, MASKED: True}


@pytest.mark.parametrize(
    ("left_masked", "right_masked", "is_right"),
    [(False, False, {BARE: True, MASKED: False}), (True, True, {BARE: False, MASKED: True})],
)
def test_another_picture_is_not_taken_for_it(
    shipped: Pipeline, left_masked: bool, right_masked: bool, is_right: dict[str, bool]
) -> None:
    jpeg = known_faces(left_masked=left_masked, right_masked=right_masked)
    answer = _answer(results(1, _found(shipped, jpeg)))
    assert answer.outcome is HeartbeatOutcome.WRONG
    assert answer.is_right == is_right


def test_labels_that_are_swapped_are_wrong_though_one_of_each_is_counted() -> None:
    answer = _answer(results(1, faces(MASKED, BARE)))
    assert answer.outcome is HeartbeatOutcome.WRONG
    assert answer.is_right == {BARE: False, MASKED: False}


def test_a_face_that_is_not_found_is_wrong_for_its_label_alone() -> None:
    assert _answer(results(1, faces()[:1])).is_right == {BARE: True, MASKED: False}
    assert _answer(results(1, faces()[1:])).is_right == {BARE: False, MASKED: True}


def test_a_third_face_is_wrong() -> None:
    third = faces()[0].model_copy(update={"box": faces()[0].box._replace(x0=10, x1=90, y0=20, y1=110)})
    assert _answer(results(1, (*faces(), third))).is_right == {BARE: False, MASKED: True}


def test_order_repetition_and_a_missing_frame_change_nothing() -> None:
    judged = results(1)
    answer = _answer([judged[4], judged[0], judged[0], judged[5], judged[2], judged[1]])
    assert answer.outcome is HeartbeatOutcome.RIGHT
    assert answer.sent_at == pytest.approx(judged[0].captured_at.timestamp(), abs=0.001)


def test_it_is_complete_when_every_frame_has_ended() -> None:
    burst = Burst(1)
    for place, each in enumerate(results(1)):
        assert not burst.is_complete
        burst.take(Arrival(f"{place + 1}-0", each, {}))
    assert burst.is_complete


@pytest.mark.parametrize("judged", [0, 2])
def test_frames_that_nobody_judged_are_lost_and_not_wrong(judged: int) -> None:
    dropped = results(1, (), outcome=FrameOutcome.DROPPED, reason=DropReason.STALE)
    answer = _answer([*results(1)[:judged], *dropped[judged:]])
    assert answer.outcome is HeartbeatOutcome.LOST


def test_three_frames_of_it_are_enough() -> None:
    for first in range(FRAMES - 2):
        assert _answer(results(1)[first : first + 3]).outcome is HeartbeatOutcome.RIGHT
