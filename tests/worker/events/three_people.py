"""Three people before one camera, whose results come late, early and twice."""

from typing import Any

import redis

from shared.messages import FrameResult, Label
from tests.builders import a_detection, a_result
from tests.worker.events.one_camera import all_written, as_stream, take_camera, unread
from worker.events.camera_stage import CameraStage, Entry

FRAMES = 15
_ORDER = (1, 0, 2, 4, 3, 3, 5, 8, 6, 7, 0, 9, 11, 10, 12, 14, 13, 5)


def a_frame(sequence: int, *, is_live: bool = False) -> FrameResult:
    """The first person is bare, the second takes the mask off half-way, the third leaves early."""
    second = a_detection(x=900, label=Label.WITH_MASK if sequence < 7 else Label.WITHOUT_MASK)
    third = [a_detection(x=1200, label=Label.WITH_MASK)] if sequence < 5 else []
    on_overload: Any = "drop_oldest" if is_live else "wait"
    return a_result(sequence, a_detection(x=200), second, *third, on_overload=on_overload)


STREAM = as_stream([a_frame(n) for n in _ORDER])


def finish(stage: CameraStage, stream: list[Entry]) -> None:
    """Read the rest and close the pass."""
    stage.take(unread(stage, stream))
    assert stage.finish_pass(epoch=1, captured=FRAMES)


def undisturbed_run(state: redis.Redis) -> dict[str, Any]:
    """All that one owner writes who gets each frame once, in order."""
    state.flushall()
    finish(take_camera(state, "alone"), as_stream([a_frame(n) for n in range(FRAMES)]))
    return all_written(state)
