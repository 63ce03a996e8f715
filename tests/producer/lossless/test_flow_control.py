from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event, Thread

import pytest

from producer.lossless.flow_control import FlowControl, Rewind, Stopped
from producer.lossless.progress import PassProgress
from shared.connections import Servers
from shared.messages import FrameHeader
from shared.streams import HEADER, JPEG, WORKER_GROUP, CheckpointField
from tests.producer.builders import KEYS, a_camera, judge
from tests.waiting import eventually

NOW = datetime(2026, 1, 1, tzinfo=UTC)
STREAM = KEYS.frames("gate")


def _progress(servers: Servers, epoch: int = 0) -> PassProgress:
    return PassProgress(servers, KEYS, a_camera(source="clip.mp4", epoch=epoch), NOW)


def _flow(servers: Servers, stop: Event | None = None, patience_s: float = 30.0) -> FlowControl:
    return FlowControl(_progress(servers), stop or Event(), max_in_flight=10, patience_s=patience_s)


def _publish(servers: Servers, sequence: int, epoch: int = 0) -> None:
    header = FrameHeader(camera="gate", epoch=epoch, sequence=sequence, captured_at=NOW, width=1, height=1)
    servers.frames.xadd(STREAM, {HEADER: header.model_dump_json(), JPEG: b""})


def _in_background(wait: Callable[[], None]) -> Thread:
    thread = Thread(target=wait, daemon=True)
    thread.start()
    return thread


def test_a_frame_waits_for_the_one_that_many_before_it_to_be_judged(servers: Servers) -> None:
    flow = _flow(servers)
    flow.wait_for_room(9)
    waiting = _in_background(lambda: flow.wait_for_room(10))
    waiting.join(0.2)
    assert waiting.is_alive()
    judge(servers, next_sequence=1)
    eventually(lambda: not waiting.is_alive())


def test_what_an_earlier_pass_had_judged_does_not_count(servers: Servers) -> None:
    judge(servers, next_sequence=50, epoch=1)
    assert _progress(servers, epoch=1).judged() == 50
    assert _progress(servers, epoch=2).judged() == 0


def test_a_pass_is_done_when_the_judges_say_so(servers: Servers) -> None:
    assert not _progress(servers).is_done()
    servers.state.hset(KEYS.checkpoint("gate"), CheckpointField.DONE_EPOCH, 3)
    assert _progress(servers, epoch=3).is_done()
    assert not _progress(servers, epoch=4).is_done()
    FlowControl(_progress(servers, epoch=3), Event(), max_in_flight=10).wait_until_judged(1000)


@pytest.mark.parametrize(
    ("judged", "published", "resumed_at"),
    [(0, None, 0), (7, None, 7), (7, 11, 12), (20, 11, 20)],
    ids=["nothing yet", "the stream is empty", "the stream is ahead", "the judges are ahead"],
)
def test_a_pass_resumes_behind_what_is_judged_or_in_the_stream(
    servers: Servers, judged: int, published: int | None, resumed_at: int
) -> None:
    judge(servers, next_sequence=judged)
    if published is not None:
        _publish(servers, published)
    assert _progress(servers).resume_at() == resumed_at


def test_frames_of_an_earlier_pass_or_without_a_header_do_not_tell_where_to_resume(servers: Servers) -> None:
    _publish(servers, 30, epoch=0)
    assert _progress(servers, epoch=1).resume_at() == 0
    servers.frames.xadd(STREAM, {JPEG: b""})
    assert _progress(servers, epoch=0).resume_at() == 0


def test_when_nothing_is_left_to_judge_and_nothing_moves_the_lost_frames_are_asked_for(servers: Servers) -> None:
    judge(servers, next_sequence=6)
    with pytest.raises(Rewind) as caught:
        _flow(servers, patience_s=0.1).wait_for_room(16)
    assert caught.value.sequence == 6


def test_frames_in_a_worker_s_hands_are_not_asked_for_again(servers: Servers) -> None:
    judge(servers, next_sequence=6)
    _publish(servers, 15)
    servers.frames.xgroup_create(STREAM, WORKER_GROUP, id="0")
    servers.frames.xreadgroup(WORKER_GROUP, "worker", {STREAM: ">"})
    stop = Event()
    ended: list[str] = []
    waiting = _in_background(lambda: ended.append(_outcome(_flow(servers, stop, patience_s=0.05))))
    waiting.join(0.5)
    assert waiting.is_alive()
    stop.set()
    assert eventually(lambda: ended) == ["stopped"]


def _outcome(flow: FlowControl) -> str:
    try:
        flow.wait_for_room(16)
    except Stopped:
        return "stopped"
    except Rewind:
        return "rewind"
    return "room"


def test_a_stop_ends_the_wait(servers: Servers) -> None:
    stop = Event()
    stop.set()
    with pytest.raises(Stopped):
        _flow(servers, stop).wait_for_room(10)
