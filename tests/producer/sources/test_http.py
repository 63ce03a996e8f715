import threading
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from producer.sources.base import (
    ConnectionFailed,
    Source,
    SourceError,
    SourceLimits,
    SourceUnavailable,
    StreamEnded,
    TimedOut,
    WrongPassword,
)
from producer.sources.http import open_http
from producer.sources.mjpeg import MjpegStream
from producer.sources.network_video import NetworkVideo
from producer.sources.snapshot import SnapshotCamera
from tests.producer.builders import a_clip, numbered_jpeg, shown_number
from tests.producer.certificate import self_signed, server_context
from tests.producer.servers import BOUNDARY, MjpegServer, a_part, answering_server, mjpeg_server

LIMITS = SourceLimits(open_timeout_s=2.0, read_timeout_s=1.0)
OK = b"HTTP/1.1 200 OK\r\n"
MJPEG = OK + b"Content-Type: multipart/x-mixed-replace; boundary=%s\r\n\r\n" % BOUNDARY


@pytest.fixture
def camera() -> Iterator[MjpegServer]:
    with mjpeg_server() as server:
        yield server


def _taken(source: Source, count: int) -> list[bytes | None]:
    jpegs = [picture.jpeg for picture in islice(source.pictures(), count)]
    source.close()
    return jpegs


def _fails(url: str, limits: SourceLimits = LIMITS) -> SourceError:
    with pytest.raises(SourceError) as caught:
        source = open_http(url, limits, fps=20)
        try:
            list(source.pictures())
        finally:
            source.close()
    assert "\n" not in str(caught.value)
    return caught.value


def test_mjpeg_passes_through_byte_by_byte_and_without_a_gap(camera: MjpegServer) -> None:
    source = open_http(camera.url(), LIMITS)
    assert isinstance(source, MjpegStream)
    assert (source.is_steady, source.can_freeze) == (True, True)
    assert _taken(source, 20) == camera.pictures[:20]


def test_cut_pictures_and_pictures_of_another_size_come_as_they_are(camera: MjpegServer) -> None:
    camera.pictures = [numbered_jpeg(1)[:-40], numbered_jpeg(2) + b"\0" * 50, b"no picture"]
    assert _taken(open_http(camera.url(), LIMITS), 3) == camera.pictures


def test_a_camera_that_freezes_times_out(camera: MjpegServer) -> None:
    source = open_http(camera.url(), LIMITS)
    pictures = source.pictures()
    next(pictures)
    camera.frozen.set()
    with pytest.raises(TimedOut, match="did not answer in time"):
        list(pictures)
    source.close()


def test_a_camera_that_goes_away_ends_the_stream(camera: MjpegServer) -> None:
    source = open_http(camera.url(), LIMITS)
    pictures = source.pictures()
    next(pictures)
    camera.kill()
    with pytest.raises(StreamEnded):
        list(pictures)
    source.close()


@pytest.mark.parametrize(
    "at_once",
    [b"", OK, OK + b"X-Slow: ", MJPEG, MJPEG + a_part(b"\xff\xd8" + b"\0" * 900)[:500], MJPEG + a_part(b"")],
    ids=["status", "headers", "a header", "boundary", "picture", "no picture"],
)
def test_a_camera_that_drips_a_byte_at_a_time_times_out(at_once: bytes) -> None:
    began_at = time.monotonic()
    with answering_server(at_once, then=b"H", drip_s=0.05) as port:
        error = _fails(f"http://127.0.0.1:{port}/video", SourceLimits(0.5, 0.5))
    assert isinstance(error, TimedOut)
    assert time.monotonic() - began_at < 10


def test_a_stream_of_something_else_than_pictures_is_given_up() -> None:
    with answering_server(MJPEG, then=b"--frame\r\n" + b"x" * 50_000) as port:
        assert "no pictures" in str(_fails(f"http://127.0.0.1:{port}/video"))


@pytest.mark.parametrize("is_digest", [False, True], ids=["basic", "digest"])
@pytest.mark.parametrize("path", ["video", "snapshot"])
def test_the_login_in_the_address_is_used_as_the_camera_asks_for_it(is_digest: bool, path: str) -> None:
    with mjpeg_server(login="guard:p@ss/w:rd", is_digest=is_digest) as camera:
        source = open_http(camera.url("guard:p%40ss%2Fw%3Ard", path), LIMITS, fps=50)
        assert _taken(source, 3) == [numbered_jpeg(number) for number in range(3)]
    assert camera.door.asked[0] is None
    assert camera.door.asked.count(None) == 1


@pytest.mark.parametrize("is_digest", [False, True], ids=["basic", "digest"])
def test_a_wrong_password_is_named_and_not_shown(is_digest: bool) -> None:
    with mjpeg_server(login="guard:secret", is_digest=is_digest) as camera:
        wrong, none = _fails(camera.url("guard:mistaken")), _fails(camera.url())
    assert isinstance(wrong, WrongPassword)
    assert isinstance(none, WrongPassword)
    assert "wrong user name or password" in str(wrong)
    assert "put user:password@" in str(none)
    assert "mistaken" not in str(wrong)


def test_each_snapshot_is_asked_for_at_the_wanted_rate_over_one_connection(camera: MjpegServer) -> None:
    source = open_http(camera.url(path="snapshot"), LIMITS, fps=20)
    assert isinstance(source, SnapshotCamera)
    assert (source.fps, source.is_steady) == (20, True)
    began_at = time.monotonic()
    assert _taken(source, 11) == [numbered_jpeg(number) for number in range(11)]
    assert time.monotonic() - began_at >= 0.45
    assert camera.connections == 1


def test_the_same_snapshot_again_is_a_picture_and_an_empty_one_is_none(camera: MjpegServer) -> None:
    camera.pictures = [numbered_jpeg(1), b"", numbered_jpeg(1)]
    assert _taken(open_http(camera.url(path="snapshot"), LIMITS, fps=50), 4) == [numbered_jpeg(1)] * 4


def test_a_snapshot_that_does_not_come_times_out(camera: MjpegServer) -> None:
    source = open_http(camera.url(path="snapshot"), LIMITS, fps=50)
    pictures = source.pictures()
    next(pictures)
    camera.frozen.set()
    with pytest.raises(TimedOut):
        list(pictures)
    source.close()


def test_a_camera_that_closes_its_connection_behind_each_picture_is_asked_over_a_new_one() -> None:
    jpeg = numbered_jpeg(7)
    answer = OK + b"Content-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(jpeg) + jpeg
    with answering_server(answer) as port:
        assert _taken(open_http(f"http://127.0.0.1:{port}/", LIMITS, fps=200), 50) == [jpeg] * 50


def test_a_camera_that_is_asked_seldom_is_not_steady_and_can_be_closed_while_it_waits(camera: MjpegServer) -> None:
    source = open_http(camera.url(path="snapshot"), LIMITS, fps=0.01)
    assert not source.is_steady
    closing = threading.Timer(0.2, source.close)
    closing.start()
    assert len(list(source.pictures())) == 1
    closing.join()


def test_a_picture_without_a_stated_type_is_a_snapshot() -> None:
    jpeg = numbered_jpeg(7)
    answer = OK + b"Content-Length: %d\r\n\r\n" % len(jpeg) + jpeg
    with answering_server(answer) as port:
        assert _taken(open_http(f"http://127.0.0.1:{port}/", LIMITS, fps=50), 3) == [jpeg] * 3


def test_a_video_over_http_is_played(tmp_path: Path) -> None:
    video = a_clip(tmp_path / "clip.ts", frames=10).read_bytes()
    answer = OK + b"Content-Type: video/mp2t\r\nContent-Length: %d\r\n\r\n" % len(video) + video
    with answering_server(answer) as port:
        source = open_http(f"http://127.0.0.1:{port}/live.ts", LIMITS)
        assert isinstance(source, NetworkVideo)
        pictures = source.pictures()
        shown = [shown_number(picture.pixels()) for picture in islice(pictures, 10) if picture.pixels]
        assert shown == list(range(10))
        with pytest.raises(StreamEnded):
            list(pictures)
        source.close()


def test_a_page_is_not_a_camera() -> None:
    page = b"<html>Welcome</html>"
    with answering_server(OK + b"Content-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(page) + page) as port:
        assert "no stream that can be played" in str(_fails(f"http://127.0.0.1:{port}/?password=secret"))


def test_a_redirect_is_followed_and_the_login_goes_to_no_other_host(camera: MjpegServer) -> None:
    # Another name is another host, and what answers there gets nothing even when it asks.
    with mjpeg_server(login="guard:secret") as other:
        there = other.url().replace("127.0.0.1", "localhost")
        with answering_server(f"HTTP/1.1 302 Found\r\nLocation: {there}\r\n\r\n".encode()) as port:
            assert isinstance(_fails(f"http://guard:secret@127.0.0.1:{port}/"), WrongPassword)
    assert other.door.asked == [None]
    with answering_server(f"HTTP/1.1 302 Found\r\nLocation: {camera.url()}\r\n\r\n".encode()) as port:
        assert _taken(open_http(f"http://127.0.0.1:{port}/", LIMITS), 2) == camera.pictures[:2]


@pytest.mark.parametrize("place", ["file:///etc/passwd", "/again"])
def test_a_redirect_to_a_file_or_in_a_circle_is_refused(place: str) -> None:
    with answering_server(f"HTTP/1.1 302 Found\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n".encode()) as port:
        assert "redirects" in str(_fails(f"http://127.0.0.1:{port}/"))


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("http://guard:secret@127.0.0.1:1/", "nothing listens"),
        ("http://guard:secret@no-such-host.invalid/", "nobody knows"),
        ("http://guard:secret@/", "no address"),
        ("http://guard:secret@[::1/", "no address"),
        ("http://guard:secret@host:port/", "no address"),
    ],
)
def test_an_address_where_no_camera_is_says_why_and_shows_no_password(url: str, text: str) -> None:
    error = _fails(url)
    assert isinstance(error, ConnectionFailed)
    assert text in str(error)
    assert "secret" not in str(error)


def test_a_path_that_is_not_there_and_a_broken_camera_are_told_apart(camera: MjpegServer) -> None:
    assert "no such stream (404)" in str(_fails(camera.url(path="nothing")))
    with answering_server(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n") as port:
        assert "error 503" in str(_fails(f"http://127.0.0.1:{port}/"))
    with answering_server(b"") as port:
        assert isinstance(_fails(f"http://127.0.0.1:{port}/"), SourceUnavailable)


def test_a_certificate_that_nobody_signed_is_refused_unless_it_is_made_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = self_signed(tmp_path)
    with mjpeg_server(tls=server_context(certificate)) as camera:
        error = _fails(camera.url("guard:secret"))
        assert "certificate that is not trusted" in str(error)
        assert "secret" not in str(error)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        assert _taken(open_http(camera.url(), LIMITS), 2) == camera.pictures[:2]
