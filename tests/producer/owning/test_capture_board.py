import logging
from datetime import UTC, datetime

import pytest

from producer.owning.capture_board import CaptureBoard
from shared.cameras import CameraState, CaptureStatus, PictureFault, StallReason

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _board() -> CaptureBoard:
    return CaptureBoard(CaptureStatus(camera="gate", state=CameraState.CONNECTING, epoch=1))


def test_a_camera_that_falls_silent_stalls_and_recovers() -> None:
    board = _board()
    board.live(now=10.0, silence_limit_s=2.5)
    assert board.status(now=12.4).state == "live"
    assert board.status(now=12.6).state == "stalled"
    assert board.status(now=14.0).message == "gives no picture"
    board.live(now=15.0, silence_limit_s=2.5)
    assert board.status(now=15.1).state == "live"
    assert board.status(now=15.1).message == ""
    counts = board.take_counts()
    assert counts == {"state:connecting": 1, "state:live": 2, "state:stalled": 1, "stall:silent": 1}


def test_a_source_that_may_be_silent_does_not_stall() -> None:
    board = _board()
    board.live(now=10.0, silence_limit_s=None)
    assert board.status(now=1e6).state == "live"


def test_the_same_picture_is_one_stall_however_often_it_comes() -> None:
    board = _board()
    for _ in range(3):
        board.stall(StallReason.SAME_PICTURE, "gives one and the same picture")
    assert board.take_counts()["stall:same_picture"] == 1


def test_what_befell_the_camera_is_handed_out_once_and_can_be_given_back() -> None:
    board = _board()
    board.fault(PictureFault.CUT)
    taken = board.take_counts()
    assert taken["fault:cut"] == 1
    assert not board.take_counts()
    board.fault(PictureFault.CUT)
    board.give_back(taken)
    assert board.take_counts()["fault:cut"] == 2


def test_a_camera_that_goes_round_in_circles_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    board = _board()
    with caplog.at_level(logging.INFO):
        for _ in range(5):
            board.set_state(CameraState.CONNECTING)
            board.set_state(CameraState.BACKING_OFF, "rtsp://guard:hunter2@cam/1 refuses the connection")
        board.live(1.0, None)
        board.set_state(CameraState.BACKING_OFF, "rtsp://guard:hunter2@cam/1 refuses the connection")
    said = [record.message for record in caplog.records]
    refused = "camera gate backing off: rtsp://***@cam/1 refuses the connection"
    assert said == ["camera gate connecting", refused, "camera gate live", refused]


def test_the_rate_is_that_of_the_last_seconds() -> None:
    board = _board()
    for number in range(50):
        board.count(number, NOW, now=number / 10)
    assert board.status(now=5.0).frames_per_second == pytest.approx(10, rel=0.05)
    assert board.status(now=50.0).frames_per_second == 0
    assert board.captured == 50


def test_a_stopped_camera_keeps_its_count_and_its_end() -> None:
    board = _board()
    board.end(CameraState.STOPPED, 7)
    status = board.status(0.0)
    assert (status.state, status.captured, status.has_ended) == ("stopped", 7, True)
