import time
from pathlib import Path

import pytest

from producer.camera_test import check_source, probe
from producer.sources.base import (
    ConnectionFailed,
    NoPictures,
    NoSuchDemo,
    NotAVideo,
    SourceMissing,
    TimedOut,
    WrongPassword,
)
from tests.producer.builders import a_clip, decoded, shown_number
from tests.producer.servers import free_port, mjpeg_server, silent_server


def test_a_video_is_reported_with_its_size_rate_and_first_picture(tmp_path: Path) -> None:
    report = probe(str(a_clip(tmp_path / "clip.mp4", frames=5, fps=25)), timeout_s=5)
    assert (report.width, report.height, report.fps, report.codec) == (160, 64, 25.0, "h264")
    assert shown_number(decoded(report.still)) == 0


def test_a_camera_on_the_network_is_reported_with_a_still_of_its_own_bytes() -> None:
    with mjpeg_server(login="guard:secret") as camera:
        report = probe(camera.url("guard:secret"), timeout_s=5)
    assert report.codec == "mjpeg"
    assert report.still in camera.pictures


def test_a_demo_feed_is_reported() -> None:
    report = probe("demo:masked", timeout_s=5)
    assert (report.width, report.height) == (640, 360)


def test_a_wrong_password_is_called_one() -> None:
    with mjpeg_server(login="guard:secret") as camera, pytest.raises(WrongPassword) as caught:
        probe(camera.url("guard:mistaken"), timeout_s=5)
    assert "mistaken" not in str(caught.value)


def test_a_silent_camera_times_out_in_time() -> None:
    began_at = time.monotonic()
    with silent_server() as port, pytest.raises(TimedOut):
        probe(f"rtsp://127.0.0.1:{port}/live", timeout_s=1)
    assert time.monotonic() - began_at < 3


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("nowhere.mp4", SourceMissing),
        ("demo:none", NoSuchDemo),
        (f"rtsp://127.0.0.1:{free_port()}/live", ConnectionFailed),
        ("/dev/video63", ConnectionFailed),
    ],
)
def test_each_mistake_has_a_name(source: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        probe(source, timeout_s=3)


def test_files_and_folders_are_checked_before_they_are_attached(tmp_path: Path) -> None:
    check_source(str(a_clip(tmp_path / "clip.mp4", frames=2)))
    check_source("rtsp://127.0.0.1:1/never-asked")
    with pytest.raises(SourceMissing):
        check_source(str(tmp_path / "nowhere.mp4"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(NoPictures):
        check_source(str(tmp_path / "empty"))
    (tmp_path / "notes.mp4").write_text("no video")
    with pytest.raises(NotAVideo):
        check_source(str(tmp_path / "notes.mp4"))
