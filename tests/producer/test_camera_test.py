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
    SourceUnavailable,
    TimedOut,
    WrongPassword,
)
from tests.producer.builders import a_clip, decoded, numbered_jpeg, shown_number
from tests.producer.rtsp_servers import H264, start_gst_rtsp_server, stop
from tests.producer.servers import a_part, answering_server, free_port, mjpeg_server, silent_server


def test_a_video_is_reported_with_its_size_rate_and_first_picture(tmp_path: Path) -> None:
    report = probe(str(a_clip(tmp_path / "clip.mp4", frames=5, fps=25)), timeout_s=5)
    assert (report.width, report.height, report.fps, report.codec) == (160, 64, 25.0, "h264")
    assert report.measured_fps is None
    assert shown_number(decoded(report.still)) == 0


def test_a_camera_on_the_network_is_reported_with_a_still_of_its_own_bytes() -> None:
    with mjpeg_server(login="guard:secret", interval_s=0.1) as camera:
        report = probe(camera.url("guard:secret"), timeout_s=5)
    assert (report.width, report.height, report.codec, report.fps) == (160, 64, "mjpeg", None)
    assert report.still == camera.pictures[0]
    assert 4 < (report.measured_fps or 0) < 11


def test_the_rate_that_comes_is_told_beside_the_one_that_is_claimed() -> None:
    process, url = start_gst_rtsp_server(free_port(), H264)
    report = probe(url, timeout_s=5, transport="udp")
    stop(process)
    assert (report.width, report.height, report.codec, report.fps) == (320, 240, "h264", 25.0)
    assert 5 < (report.measured_fps or 0) < 60


@pytest.mark.parametrize("then", [b"", b" "], ids=["hangs up", "hangs"])
def test_a_camera_that_gives_one_picture_and_no_more_is_reported_without_a_rate(then: bytes) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n"
    began_at = time.monotonic()
    with answering_server(answer + a_part(numbered_jpeg(3)), then, drip_s=0.1) as port:
        report = probe(f"http://127.0.0.1:{port}/", timeout_s=5)
    assert (report.still, report.measured_fps) == (numbered_jpeg(3), None)
    assert time.monotonic() - began_at < 8


def test_a_demo_feed_is_reported() -> None:
    report = probe("demo:masked", timeout_s=5)
    assert (report.width, report.height) == (640, 360)
    assert report.measured_fps == pytest.approx(10, abs=3)


def test_a_wrong_password_is_called_one() -> None:
    with mjpeg_server(login="guard:secret") as camera, pytest.raises(WrongPassword) as caught:
        probe(camera.url("guard:mistaken"), timeout_s=5)
    assert "mistaken" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["rtsp", "http"])
def test_a_silent_camera_times_out_in_time(scheme: str) -> None:
    began_at = time.monotonic()
    with silent_server() as port, pytest.raises(TimedOut):
        probe(f"{scheme}://127.0.0.1:{port}/live", timeout_s=1)
    assert time.monotonic() - began_at < 4


def test_a_folder_in_which_nothing_arrives_times_out(tmp_path: Path) -> None:
    with pytest.raises(TimedOut, match="gave no picture within"):
        probe(f"watch:{tmp_path}", timeout_s=0.5)


def test_a_page_and_a_wrong_path_are_told_apart() -> None:
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"
    with answering_server(page) as port, pytest.raises(SourceUnavailable, match="no stream that can be played"):
        probe(f"http://127.0.0.1:{port}/", timeout_s=5)
    with mjpeg_server() as camera, pytest.raises(SourceUnavailable, match="404"):
        probe(camera.url(path="nothing"), timeout_s=5)


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("nowhere.mp4", SourceMissing),
        ("demo:none", NoSuchDemo),
        ("rtsp://127.0.0.1:1/live", ConnectionFailed),
        ("rtsp://no-such-host.invalid/live", ConnectionFailed),
        ("http://no-such-host.invalid/live", ConnectionFailed),
        ("loop:nowhere.mp4", SourceMissing),
        ("watch:nowhere", SourceMissing),
        ("/dev/video63", ConnectionFailed),
    ],
)
def test_each_mistake_has_a_name(source: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        probe(source, timeout_s=3)


def test_files_and_folders_are_checked_before_they_are_attached(tmp_path: Path) -> None:
    check_source(str(a_clip(tmp_path / "clip.mp4", frames=2)))
    check_source(f"loop:{tmp_path / 'clip.mp4'}")
    check_source(f"watch:{tmp_path}")
    check_source("rtsp://127.0.0.1:1/never-asked")
    with pytest.raises(SourceMissing):
        check_source(str(tmp_path / "nowhere.mp4"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(NoPictures):
        check_source(str(tmp_path / "empty"))
    (tmp_path / "notes.mp4").write_text("no video")
    with pytest.raises(NotAVideo):
        check_source(str(tmp_path / "notes.mp4"))
