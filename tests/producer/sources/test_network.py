import time
from collections.abc import Iterator
from itertools import islice

import pytest

from producer.sources.base import (
    ConnectionFailed,
    SourceError,
    SourceLimits,
    SourceUnavailable,
    TimedOut,
    WrongPassword,
)
from producer.sources.network import NetworkStream
from tests.producer.builders import shown_number
from tests.producer.servers import MjpegServer, free_port, mjpeg_server, silent_server, start_rtsp_server
from tests.waiting import eventually

LIMITS = SourceLimits(open_timeout_s=2.0, read_timeout_s=1.0)


@pytest.fixture
def camera() -> Iterator[MjpegServer]:
    with mjpeg_server() as server:
        yield server


def test_mjpeg_passes_through_byte_by_byte_and_without_a_gap(camera: MjpegServer) -> None:
    stream = NetworkStream(camera.url(), LIMITS)
    received = [picture.jpeg for picture in islice(stream.pictures(), 20)]
    stream.close()
    first = camera.pictures.index(received[0] or b"")
    assert received == camera.pictures[first : first + 20]


def test_a_camera_that_freezes_times_out(camera: MjpegServer) -> None:
    stream = NetworkStream(camera.url(), LIMITS)
    pictures = stream.pictures()
    next(pictures)
    camera.frozen.set()
    began_at = time.monotonic()
    with pytest.raises(TimedOut):
        list(pictures)
    assert time.monotonic() - began_at < 5
    stream.close()


def test_a_camera_that_goes_away_ends_the_stream(camera: MjpegServer) -> None:
    stream = NetworkStream(camera.url(), LIMITS)
    pictures = stream.pictures()
    next(pictures)
    camera.kill()
    with pytest.raises(SourceUnavailable):
        list(pictures)
    stream.close()


def test_the_login_in_the_address_is_used() -> None:
    with mjpeg_server(login="guard:secret") as camera:
        stream = NetworkStream(camera.url("guard:secret"), LIMITS)
        assert next(stream.pictures()).jpeg in camera.pictures
        stream.close()


def test_a_wrong_password_is_named_and_not_shown() -> None:
    with mjpeg_server(login="guard:secret") as camera, pytest.raises(WrongPassword) as caught:
        NetworkStream(camera.url("guard:mistaken"), LIMITS)
    assert "mistaken" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_an_address_where_nothing_listens_refuses_the_connection(scheme: str) -> None:
    with pytest.raises(ConnectionFailed, match="nothing listens") as caught:
        NetworkStream(f"{scheme}://guard:secret@127.0.0.1:{free_port()}/live", LIMITS)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_a_server_that_says_nothing_times_out(scheme: str) -> None:
    with silent_server() as port, pytest.raises(TimedOut):
        NetworkStream(f"{scheme}://127.0.0.1:{port}/live", SourceLimits(0.5, 0.5))


def test_rtsp_gives_whole_pictures_and_a_killed_server_ends_them() -> None:
    process, url = start_rtsp_server(free_port())
    try:
        stream = eventually(lambda: _opened(url), timeout_s=30)
        assert stream is not None
        pictures = stream.pictures()
        numbers = [shown_number(picture.pixels()) for picture in islice(pictures, 15) if picture.pixels]
        # The server's rate and order are its own affair; what counts is that its pictures arrive whole.
        assert set(numbers) <= set(range(50))
        assert len(set(numbers)) > 5
        process.kill()
        with pytest.raises(SourceUnavailable):
            list(pictures)
        stream.close()
    finally:
        process.kill()
        process.wait()


def _opened(url: str) -> NetworkStream | None:
    try:
        return NetworkStream(url, SourceLimits(5.0, 2.0))
    except SourceError:
        return None
