import signal
import time
from collections.abc import Callable, Iterator
from itertools import dropwhile, islice
from pathlib import Path

import pytest

from producer.sources.base import (
    ConnectionFailed,
    Picture,
    SourceError,
    SourceLimits,
    SourceUnavailable,
    StreamEnded,
    TimedOut,
    WrongPassword,
)
from producer.sources.network_video import NetworkVideo
from producer.sources.rtsp import open_rtsp
from shared.cameras import Transport
from tests.producer.builders import shown_number
from tests.producer.certificate import self_signed, server_context
from tests.producer.rtsp_servers import H264, H265, Process, a_pipeline, relay, start_gst_rtsp_server, stop
from tests.producer.servers import answering_server, free_port, silent_server, start_rtsp_server
from tests.waiting import eventually

LIMITS = SourceLimits(open_timeout_s=5.0, read_timeout_s=2.0)
SHORT = SourceLimits(0.5, 0.5)

StartServer = Callable[[str], str]


@pytest.fixture
def gst() -> Iterator[StartServer]:
    processes: list[Process] = []

    def start(pipeline: str) -> str:
        process, url = start_gst_rtsp_server(free_port(), pipeline)
        processes.append(process)
        return url

    yield start
    for process in processes:
        stop(process)


def _taken(url: str, count: int, transport: Transport = "tcp") -> list[Picture]:
    source = open_rtsp(url, LIMITS, transport)
    pictures = list(islice(source.pictures(), count))
    source.close()
    return pictures


_BLANK = 1023  # the number of a picture that is bright all over


def _sizes(pictures: list[Picture]) -> list[tuple[int, ...]]:
    return [picture.luma().shape for picture in pictures if picture.luma]


def test_rtsp_gives_whole_pictures_and_a_killed_server_ends_them() -> None:
    process, url = start_rtsp_server(free_port())
    try:
        source = eventually(lambda: _opened(url), timeout_s=30)
        assert source is not None
        assert (source.codec, source.is_steady, source.can_freeze) == ("h264", True, True)
        pictures = source.pictures()
        shown = (shown_number(picture.pixels()) for picture in pictures if picture.pixels)
        # Where the server begins in the middle of its film, all is blank until the next keyframe.
        numbers = list(islice(dropwhile(lambda number: number == _BLANK, shown), 15))
        # The server's rate and order are its own affair; what counts is that its pictures arrive whole.
        assert set(numbers) <= set(range(50))
        assert len(set(numbers)) > 5
        process.kill()
        with pytest.raises(SourceUnavailable):
            list(pictures)
        source.close()
    finally:
        process.kill()
        process.wait()


def _opened(url: str) -> NetworkVideo | None:
    try:
        return open_rtsp(url, SourceLimits(5.0, 2.0))
    except SourceError:
        return None


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize(("pipeline", "codec"), [(H264, "h264"), (H265, "hevc")])
def test_pictures_come_over_either_transport_with_the_camera_s_own_time(
    gst: StartServer, pipeline: str, codec: str, transport: Transport
) -> None:
    url = gst(pipeline)
    source = open_rtsp(url, LIMITS, transport)
    pictures = list(islice(source.pictures(), 30))
    source.close()
    assert (source.codec, source.fps) == (codec, 25.0)
    times = [picture.timestamp_s for picture in pictures[1:]]
    assert all(time_s is not None for time_s in times)
    assert float(times[-1] or 0) - float(times[0] or 0) == pytest.approx(28 / 25, abs=0.1)
    assert set(_sizes(pictures)) == {(240, 320)}
    assert not any(picture.is_damaged for picture in pictures)


def test_a_server_that_falls_silent_over_udp_times_out(gst: StartServer) -> None:
    process, url = start_gst_rtsp_server(free_port(), H264)
    source = open_rtsp(url, LIMITS, "udp")
    pictures = source.pictures()
    next(pictures)
    stop(process)
    with pytest.raises(SourceUnavailable):
        list(pictures)
    source.close()


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_a_server_that_hangs_times_out(transport: Transport) -> None:
    process, url = start_gst_rtsp_server(free_port(), H264)
    source = open_rtsp(url, LIMITS, transport)
    pictures = source.pictures()
    next(pictures)
    process.send_signal(signal.SIGSTOP)
    with pytest.raises(TimedOut):
        list(pictures)
    stop(process)
    source.close()


def test_a_camera_that_gives_only_sound_any_more_times_out(gst: StartServer) -> None:
    sound = "audiotestsrc is-live=true ! audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay name=pay1"
    source = open_rtsp(gst(f"{H264.replace('is-live', 'num-buffers=20 is-live')} {sound}"), LIMITS)
    with pytest.raises(TimedOut, match="only sound"):
        list(source.pictures())
    source.close()


def test_the_login_in_the_address_is_used() -> None:
    process, url = start_gst_rtsp_server(free_port(), H264, login="guard:p@ss/w:rd")
    assert len(_taken(url.replace("//", "//guard:p%40ss%2Fw%3Ard@"), 2)) == 2
    with pytest.raises(WrongPassword, match="refuses the login") as caught:
        open_rtsp(url.replace("//", "//guard:mistaken@"), LIMITS)
    assert "mistaken" not in str(caught.value)
    with pytest.raises(WrongPassword, match="asks for a login"):
        open_rtsp(url, LIMITS)
    stop(process)


def test_pictures_go_on_in_the_new_size_when_the_camera_changes_it(gst: StartServer) -> None:
    encoder = "x264enc tune=zerolatency sliced-threads=false"
    first = f"videotestsrc is-live=true num-buffers=20 ! video/x-raw,width=320,height=240,framerate=25/1 ! {encoder}"
    then = f"videotestsrc num-buffers=60 ! video/x-raw,width=640,height=480,framerate=25/1 ! {encoder}"
    url = gst(f"concat name=c ! h264parse ! rtph264pay config-interval=-1 name=pay0 {first} ! c. {then} ! c.")
    sizes = _sizes(_taken(url, 40))
    assert (sizes[0], sizes[-1]) == ((240, 320), (480, 640))
    assert set(sizes) == {(240, 320), (480, 640)}


def test_a_camera_that_changes_its_codec_ends_the_stream_and_is_opened_anew_with_the_other(gst: StartServer) -> None:
    port = free_port()
    process, url = start_gst_rtsp_server(port, H264)
    source = open_rtsp(url, LIMITS)
    pictures = source.pictures()
    next(pictures)
    stop(process)
    process, url = start_gst_rtsp_server(port, H265)
    with pytest.raises(SourceUnavailable):
        list(pictures)
    source.close()
    again = open_rtsp(url, LIMITS)
    assert again.codec == "hevc"
    assert next(again.pictures()).luma is not None
    again.close()
    stop(process)


def test_a_stream_that_ends_says_so(gst: StartServer) -> None:
    url = gst(H264.replace("is-live=true", "is-live=true num-buffers=10"))
    source = open_rtsp(url, LIMITS)
    with pytest.raises((StreamEnded, TimedOut)):
        list(source.pictures())
    source.close()


def test_pictures_with_lost_packets_are_damaged_until_the_next_key_frame(gst: StartServer) -> None:
    noise = H264.replace("pattern=ball", "pattern=snow").replace("x264enc", "x264enc bitrate=1500")
    with relay(int(gst(noise).rpartition(":")[2].partition("/")[0]), loses=0.02) as port:
        pictures = _taken(f"rtsp://127.0.0.1:{port}/live", 80)
    damaged = [picture.is_damaged for picture in pictures]
    assert 2 <= damaged.count(True) < 80
    assert not damaged[0]
    assert False in damaged[damaged.index(True) :]


def test_pictures_behind_one_that_was_lost_whole_are_damaged_over_udp(gst: StartServer) -> None:
    encoder, _, payloader = H264.rpartition(" ! ")
    url = gst(f"{encoder} ! identity drop-probability=0.04 ! {payloader}")
    pictures = _taken(url, 100, "udp")
    times = [float(picture.timestamp_s or 0.0) for picture in pictures]
    first_behind = next(number for number in range(12, 100) if times[number] - times[number - 1] > 0.06)
    assert pictures[first_behind].is_damaged
    assert not all(picture.is_damaged for picture in pictures[first_behind:])


def test_pictures_in_mjpeg_pass_through(gst: StartServer) -> None:
    pictures = _taken(gst(a_pipeline("jpegenc", "rtpjpegpay")), 5)
    assert all(picture.jpeg is not None and picture.jpeg.startswith(b"\xff\xd8") for picture in pictures)


def test_a_certificate_that_nobody_signed_is_refused_unless_it_is_made_trusted(
    gst: StartServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = gst(H264)
    certificate = self_signed(tmp_path)
    with relay(int(url.rpartition(":")[2].partition("/")[0]), tls=server_context(certificate)) as port:
        with pytest.raises(SourceUnavailable, match="certificate that is not trusted") as caught:
            open_rtsp(f"rtsps://guard:secret@127.0.0.1:{port}/live", LIMITS)
        assert "secret" not in str(caught.value)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        assert len(_taken(f"rtsps://127.0.0.1:{port}/live", 5, "udp")) == 5


@pytest.mark.parametrize(
    ("answer", "error", "text"),
    [
        ("401 Unauthorized", SourceUnavailable, "refuses the login"),
        ("404 Not Found", SourceUnavailable, "no such stream"),
        ("461 Unsupported Transport", SourceUnavailable, "other transport"),
        ("503 Service Unavailable", SourceUnavailable, "error of its own"),
    ],
)
def test_what_a_server_refuses_is_named_without_the_password(answer: str, error: type[Exception], text: str) -> None:
    said = f"RTSP/1.0 {answer}\r\nCSeq: 1\r\n\r\n".encode()
    with answering_server(said) as port, pytest.raises(error, match=text) as caught:
        open_rtsp(f"rtsp://guard:secret@127.0.0.1:{port}/live", LIMITS)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("rtsp://guard:secret@127.0.0.1:1/live", "nothing listens"),
        ("rtsp://guard:secret@no-such-host.invalid/live", "nobody knows"),
        ("rtsp://guard:secret@[::1/live", "no address"),
        ("rtsp://guard:secret@/live", "no address"),
        ("rtsp://guard:secret@host:port/live", "no address"),
    ],
)
def test_an_address_where_no_camera_is_says_why_and_shows_no_password(url: str, text: str) -> None:
    with pytest.raises(ConnectionFailed, match=text) as caught:
        open_rtsp(url, LIMITS)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_a_server_that_says_nothing_times_out(transport: Transport) -> None:
    with silent_server() as port, pytest.raises(TimedOut):
        open_rtsp(f"rtsp://127.0.0.1:{port}/live", SHORT, transport)


def test_a_server_that_drips_a_byte_at_a_time_times_out() -> None:
    began_at = time.monotonic()
    with answering_server(b"RTSP/1.0 200 OK\r\nX: ", then=b"x", drip_s=0.05) as port, pytest.raises(TimedOut):
        open_rtsp(f"rtsp://127.0.0.1:{port}/live", SHORT)
    assert time.monotonic() - began_at < 10
