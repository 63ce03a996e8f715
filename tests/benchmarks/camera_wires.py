"""What cameras say on the wire: MJPEG over HTTP and H.264 over RTSP (its packets within TCP), all on one port.

Everything that can be made before is: a picture costs one write to a socket, of an H.264 picture's packets
only sequence numbers and timestamps are new.
"""

import re
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from tests.producer.servers import BOUNDARY

# The bytes of one picture after the other, each at its time, for one connection.
Play = Callable[[], Iterator[bytes | bytearray]]

CLOCK_HZ = 90_000  # of RTP timestamps of video
_MOST_PAYLOAD = 1400
_VIDEO = 96  # the payload type that the session description gives H.264
_LAST = 0x80  # marks the last packet of a picture
_PLACE = 6  # of sequence number and timestamp: behind TCP's framing of 4 bytes and 2 of the packet's own
_SDP = "\r\n".join(
    ("v=0", "o=- 0 0 IN IP4 127.0.0.1", "s=camera", "t=0 0", "m=video 0 RTP/AVP 96", "a=control:video",
     "a=rtpmap:96 H264/90000", "a=fmtp:96 packetization-mode=1", "")
)  # fmt: skip
_RTSP_HEADERS = {
    "OPTIONS": ["Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN"],
    "DESCRIBE": ["Content-Type: application/sdp"],
    "SETUP": ["Transport: RTP/AVP/TCP;unicast;interleaved=0-1"],
}
_HTTP_ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=%s\r\nConnection: close\r\n\r\n" % BOUNDARY
)


@dataclass(frozen=True)
class Packets:
    """One picture as RTP packets on channel 0 of an RTSP connection, still without numbers and timestamps."""

    template: bytes
    places: tuple[int, ...]

    def numbered(self, first: int, timestamp: int) -> bytearray:
        """As it is sent: its packets numbered from ``first`` on, ``timestamp`` in ticks of ``CLOCK_HZ``."""
        written = bytearray(self.template)
        for number, place in enumerate(self.places, first):
            struct.pack_into("!HI", written, place, number & 0xFFFF, timestamp & 0xFFFFFFFF)
        return written


def packets(unit: Sequence[bytes]) -> Packets:
    """The packets of one picture, given its NAL units; the last of them is marked."""
    payloads = [payload for nal in unit for payload in _fragments(nal)]
    written, places = bytearray(), []
    for left, payload in zip(reversed(range(len(payloads))), payloads, strict=True):
        places.append(len(written) + _PLACE)
        header = struct.pack("!BBHII", 0x80, _VIDEO if left else _VIDEO | _LAST, 0, 0, 1)
        written += struct.pack("!BBH", 0x24, 0, len(header) + len(payload)) + header + payload
    return Packets(bytes(written), tuple(places))


def _fragments(nal: bytes) -> list[bytes]:
    """A NAL unit as it is, or cut to packets (FU-A of RFC 6184)."""
    if len(nal) <= _MOST_PAYLOAD:
        return [nal]
    indicator, kind = nal[0] & 0xE0 | 28, nal[0] & 0x1F
    pieces = [nal[at : at + _MOST_PAYLOAD] for at in range(1, len(nal), _MOST_PAYLOAD)]
    marks = [0x80, *[0] * (len(pieces) - 2), 0x40]
    return [bytes((indicator, kind | mark)) + piece for mark, piece in zip(marks, pieces, strict=True)]


@dataclass(frozen=True)
class MjpegRound:
    """The pictures that a camera sends over and over, as parts of an MJPEG answer."""

    parts: Sequence[bytes]

    def __len__(self) -> int:
        return len(self.parts)

    def written(self, numbers: Iterator[int]) -> Iterator[bytes]:
        """The pictures with these numbers, for one connection."""
        return (self.parts[number] for number in numbers)


@dataclass(frozen=True)
class RtspRound:
    """The pictures that a camera sends over and over, so many a second, as RTP packets."""

    pictures: Sequence[Packets]
    fps: float

    def __len__(self) -> int:
        return len(self.pictures)

    def written(self, numbers: Iterator[int]) -> Iterator[bytearray]:
        """The pictures with these numbers, for one connection; its packets are counted on and on."""
        first = 0
        for count, number in enumerate(numbers):
            picture = self.pictures[number]
            yield picture.numbered(first, round(count * CLOCK_HZ / self.fps))
            first += len(picture.places)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 256  # all cameras of a system that starts are opened at once


def listening(plays: Sequence[Play]) -> int:
    """The port at which each of ``plays`` is had by its number, behind the last / of its address.

    It listens for as long as this process lives.
    """
    server = _Server(("127.0.0.1", 0), _handler(dict(enumerate(plays))))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return int(server.server_address[1])


def _handler(plays: Mapping[int, Play]) -> type[socketserver.BaseRequestHandler]:
    class Handler(socketserver.StreamRequestHandler):
        disable_nagle_algorithm = True

        def handle(self) -> None:
            with suppress(OSError):  # the client hung up
                while lines := list(iter(lambda: self.rfile.readline().decode().strip(), "")):
                    method, address, _ = lines[0].split()
                    self.wfile.write(_HTTP_ANSWER if method == "GET" else _rtsp_answer(method, lines))
                    if method in {"GET", "PLAY"}:
                        self._play(plays[_number_in(address)])
                        return

        def _play(self, play: Play) -> None:
            for picture in play():
                self.request.sendall(picture)

    return Handler


def _number_in(address: str) -> int:
    found = re.search(r"/(\d+)/?$", address)
    assert found, address
    return int(found[1])


def _rtsp_answer(method: str, lines: Sequence[str]) -> bytes:
    number = next(line for line in lines if line.lower().startswith("cseq:"))
    body = _SDP if method == "DESCRIBE" else ""
    headers = ["RTSP/1.0 200 OK", number, "Session: 1", f"Content-Length: {len(body)}", *_RTSP_HEADERS.get(method, [])]
    return ("\r\n".join(headers) + "\r\n\r\n" + body).encode()
