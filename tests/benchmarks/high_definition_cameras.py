"""Cameras of 1280 x 720 pixels on loopback that cost little: all their pictures are encoded before the first is sent.

A process of its own serves them, as MJPEG over HTTP or as H.264 over RTSP (its packets within TCP), and
keeps when it sent which picture.
"""

import itertools
import multiprocessing
import re
import socketserver
import struct
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal, TypeVar

import av
import cv2
import numpy as np

from producer.sources.base import Pixels
from producer.sources.demo import scene
from tests.benchmarks.still_scenes import SensorNoise
from tests.producer.builders import BITS, SQUARE, numbered_picture, shown_number
from tests.producer.servers import MjpegServer, a_part

Wire = Literal["mjpeg", "rtsp"]
Content = Literal["moving", "still"]
_T = TypeVar("_T")

CLIP = Path(__file__).parents[2].parent / "shared" / "data" / "videos" / "one_bare.mp4"

_JPEG_QUALITY = 80
_NOISE_LEVELS = 2.0
_KEY_FRAMES_S = 2.0
_CLOCK_HZ = 90_000  # of RTP timestamps of video
_MOST_PAYLOAD = 1400
_SDP = "\r\n".join(
    ("v=0", "o=- 0 0 IN IP4 127.0.0.1", "s=camera", "t=0 0", "m=video 0 RTP/AVP 96", "a=control:video",
     "a=rtpmap:96 H264/90000", "a=fmtp:96 packetization-mode=1", "")
)  # fmt: skip


@dataclass(frozen=True)
class Feed:
    """What every camera of a process sends, over and over.

    Moving pictures are those of ``clip``, or the demo person's where it is ``None``; a still scene is one of
    them with a sensor's noise. Numbered ones show their number, from 0 on, as squares in the upper left corner.
    """

    wire: Wire = "mjpeg"
    fps: float = 5.0
    content: Content = "moving"
    loop_s: float = 8.0
    clip: Path | None = None
    size: tuple[int, int] = (1280, 720)
    is_numbered: bool = False
    hang_up_after: int = 0  # pictures of a connection; 0 never hangs up

    @property
    def name(self) -> str:
        """As tables show it."""
        return f"{'MJPEG' if self.wire == 'mjpeg' else 'H.264'} {self.fps:g} fps, {self.content}"


def default_clip() -> Path | None:
    """A filmed clip, where the filmed clips are."""
    return CLIP if CLIP.is_file() else None


def pictures_of(feed: Feed) -> Iterator[Pixels]:
    """The pictures of one round."""
    count = round(feed.loop_s * feed.fps)
    shown = _moving(feed, count) if feed.content == "moving" else _still(feed, count)
    for number, picture in enumerate(shown):
        if feed.is_numbered:
            _stamp(picture, number)
        yield picture


def number_in(picture: Pixels) -> int:
    """The number that a numbered picture shows, also after it went through encoders."""
    side = _square_of(picture)
    strip = cv2.resize(picture[:side, : BITS * side], (BITS * SQUARE, SQUARE), interpolation=cv2.INTER_AREA)
    return shown_number(np.asarray(strip, np.uint8))


def _moving(feed: Feed, count: int) -> Iterator[Pixels]:
    frames = _drawn(feed) if feed.clip is None else _filmed(feed.clip, feed.fps)
    for picture in itertools.islice(frames, count):
        yield np.asarray(cv2.resize(picture, feed.size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _drawn(feed: Feed) -> Iterator[Pixels]:
    return (scene.draw(False, round(number * scene.FPS / feed.fps)) for number in itertools.count())


def _filmed(clip: Path, fps: float) -> Iterator[Pixels]:
    """As many frames of each of the clip's seconds as the camera shows, the clip from its start when it ends."""
    shown, played_s = 0, 0.0
    while True:
        with av.open(str(clip)) as container:
            step_s = 1 / float(container.streams.video[0].average_rate or 25)
            for frame in container.decode(video=0):
                played_s += step_s
                while shown / fps < played_s - 1e-6:
                    shown += 1
                    yield np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)


def _still(feed: Feed, count: int) -> Iterator[Pixels]:
    picture = next(_moving(feed, 1))
    noise = SensorNoise(_NOISE_LEVELS, picture.shape)
    return (noise.on(picture) for _ in range(count))


def _stamp(picture: Pixels, number: int) -> None:
    side = _square_of(picture)
    strip = cv2.resize(numbered_picture(number)[:SQUARE], (BITS * side, side), interpolation=cv2.INTER_NEAREST)
    picture[:side, : BITS * side] = strip


def _square_of(picture: Pixels) -> int:
    return int(picture.shape[1]) // 20


def _jpegs(pictures: Iterable[Pixels]) -> list[bytes]:
    quality = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
    return [cv2.imencode(".jpg", each, quality)[1].tobytes() for each in pictures]


def _access_units(pictures: Iterable[Pixels], feed: Feed) -> list[list[bytes]]:
    """The NAL units of each picture; sizes and rates are those of common cameras: 0.7 Mbit/s at 5 fps, 2 at 25."""
    context = av.CodecContext.create("libx264", "w")
    assert isinstance(context, av.VideoCodecContext)
    context.width, context.height, context.pix_fmt = *feed.size, "yuv420p"
    context.framerate = Fraction(feed.fps)
    context.gop_size = round(_KEY_FRAMES_S * feed.fps)
    context.bit_rate = round(400_000 + 64_000 * feed.fps)
    context.options = {
        "preset": "veryfast",
        "tune": "zerolatency",
        "x264-params": "scenecut=0:sliced-threads=0:repeat-headers=1",
    }
    frames = (av.VideoFrame.from_ndarray(each, format="bgr24") for each in pictures)
    packets = [packet for frame in (*frames, None) for packet in context.encode(frame)]
    return [[nal for nal in re.split(rb"\x00\x00\x00?\x01", bytes(packet)) if nal] for packet in packets]


class Sending:
    """When one camera sent which picture, over all its connections."""

    def __init__(self, feed: Feed, delay_s: float) -> None:
        self.sent: list[tuple[float, int]] = []  # Unix time in seconds, number
        self.connections = 0
        self._feed = feed
        self._delay_s = delay_s

    def paced(self, encoded: Sequence[_T]) -> Iterator[_T]:
        """Round after round from the first picture on, each at its time; for one connection."""
        self.connections += 1
        began_at = time.monotonic() + self._delay_s
        for count in range(self._feed.hang_up_after) if self._feed.hang_up_after else itertools.count():
            time.sleep(max(0.0, began_at + count / self._feed.fps - time.monotonic()))
            number = count % len(encoded)
            self.sent.append((time.time(), number))
            yield encoded[number]


class _MjpegCamera(MjpegServer):
    def __init__(self, jpegs: Sequence[bytes], sending: Sending) -> None:
        super().__init__(count=1)
        self._jpegs = jpegs
        self._sending = sending

    def parts(self) -> Iterator[bytes]:
        return (a_part(jpeg) for jpeg in self._sending.paced(self._jpegs))


class _RtspServer(socketserver.ThreadingTCPServer):
    daemon_threads = True


def _rtsp_handler(units: Sequence[list[bytes]], sending: Sending, fps: float) -> type[socketserver.BaseRequestHandler]:
    class Handler(socketserver.StreamRequestHandler):
        disable_nagle_algorithm = True

        def handle(self) -> None:
            with suppress(OSError):  # the client hung up
                while (method := self._answered()) not in {"", "PLAY"}:
                    pass
                if method == "PLAY":
                    self._play()

        def _answered(self) -> str:
            lines = list(iter(lambda: self.rfile.readline().decode().strip(), ""))
            if not lines:
                return ""
            method = lines[0].partition(" ")[0]
            number = next(line for line in lines if line.lower().startswith("cseq:"))
            body = _SDP if method == "DESCRIBE" else ""
            headers = ["RTSP/1.0 200 OK", number, "Session: 1", f"Content-Length: {len(body)}"]
            headers += {
                "OPTIONS": ["Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN"],
                "DESCRIBE": ["Content-Type: application/sdp"],
                "SETUP": ["Transport: RTP/AVP/TCP;unicast;interleaved=0-1"],
            }.get(method, [])
            self.wfile.write(("\r\n".join(headers) + "\r\n\r\n" + body).encode())
            return method

        def _play(self) -> None:
            packets = itertools.count()
            for count, unit in enumerate(sending.paced(units)):
                self.wfile.write(_interleaved(unit, packets, round(count * _CLOCK_HZ / fps)))

    return Handler


def _interleaved(unit: Sequence[bytes], packets: Iterator[int], timestamp: int) -> bytes:
    """One picture as RTP packets on channel 0 of an RTSP connection; the last of them is marked."""
    payloads = [payload for nal in unit for payload in _fragments(nal)]
    written = bytearray()
    for left, payload in zip(reversed(range(len(payloads))), payloads, strict=True):
        kind = 96 if left else 96 | 0x80
        header = struct.pack("!BBHII", 0x80, kind, next(packets) & 0xFFFF, timestamp & 0xFFFFFFFF, 1)
        written += struct.pack("!BBH", 0x24, 0, len(header) + len(payload)) + header + payload
    return bytes(written)


def _fragments(nal: bytes) -> list[bytes]:
    """A NAL unit as it is, or cut to packets (FU-A of RFC 6184)."""
    if len(nal) <= _MOST_PAYLOAD:
        return [nal]
    indicator, kind = nal[0] & 0xE0 | 28, nal[0] & 0x1F
    pieces = [nal[at : at + _MOST_PAYLOAD] for at in range(1, len(nal), _MOST_PAYLOAD)]
    marks = [0x80, *[0] * (len(pieces) - 2), 0x40]
    return [bytes((indicator, kind | mark)) + piece for mark, piece in zip(marks, pieces, strict=True)]


class Cameras:
    """The cameras of another process."""

    def __init__(self, feed: Feed, ports: Sequence[int], pipe: "Connection[Any, Any]") -> None:
        scheme, path = ("http", "video") if feed.wire == "mjpeg" else ("rtsp", "live")
        self.urls = [f"{scheme}://127.0.0.1:{port}/{path}" for port in ports]
        self._pipe = pipe

    def sent(self) -> list[list[tuple[float, int]]]:
        """Of each camera what it sent so far: Unix time in seconds just before, and number in its round."""
        return self._asked("sent")

    def connections(self) -> list[int]:
        """Of each camera how often it was asked for its pictures."""
        return self._asked("connections")

    def _asked(self, what: str) -> list[Any]:
        self._pipe.send(what)
        answer: list[Any] = self._pipe.recv()
        return answer


@contextmanager
def serving(feed: Feed, cameras: int = 1) -> Iterator[Cameras]:
    """So many cameras, whose pictures come one after the other rather than at once."""
    spawning = multiprocessing.get_context("spawn")
    ours, theirs = spawning.Pipe()
    process = spawning.Process(target=_serve, args=(feed, cameras, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Cameras(feed, ours.recv(), ours)
    finally:
        process.kill()
        process.join()
        process.close()
        ours.close()


def _serve(feed: Feed, cameras: int, pipe: "Connection[Any, Any]") -> None:
    sendings = [Sending(feed, number / cameras / feed.fps) for number in range(cameras)]
    pipe.send(_started(feed, sendings))
    with suppress(EOFError):
        while True:
            what = pipe.recv()
            pipe.send([getattr(each, what) for each in sendings])


def _started(feed: Feed, sendings: Sequence[Sending]) -> list[int]:
    """The ports of cameras, one for each of ``sendings``; they end with this process."""
    if feed.wire == "mjpeg":
        jpegs = _jpegs(pictures_of(feed))
        return [_MjpegCamera(jpegs, each).port for each in sendings]
    units, ports = _access_units(pictures_of(feed), feed), []
    for sending in sendings:
        server = _RtspServer(("127.0.0.1", 0), _rtsp_handler(units, sending, feed.fps))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        ports.append(int(server.server_address[1]))
    return ports
