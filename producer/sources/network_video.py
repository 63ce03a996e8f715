"""A video stream of the network, read by FFmpeg: RTSP, HLS and whatever else it can play."""

import socket
import time
from collections.abc import Iterator
from functools import partial
from urllib.parse import urlsplit

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

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
from producer.sources.certificates import authorities, check_certificate
from producer.sources.damage import DamageWatch
from producer.sources.frames import luma_of, pixels_of
from producer.sources.lag import Lag
from shared.redaction import redact

# FFmpeg looks at a stream for up to 5 s before it gives the first picture; sizes come with the pictures anyway.
_OPTIONS = {"analyzeduration": "500000"}
_KEY_FRAME_WAIT_S = 20.0  # the first picture needs a key frame, and thrifty cameras send one every 16 s


class NetworkVideo:
    """An opened stream; logins stand in the URL. It ends with an error and is to be opened anew then."""

    is_steady = True
    can_freeze = True

    def __init__(
        self,
        url: str,
        limits: SourceLimits,
        options: dict[str, str] | None = None,
        *,
        may_lose_packets: bool = False,
        is_in_real_time: bool = False,
    ) -> None:
        """Connect, with FFmpeg's own ``options``; finding pictures in the stream may take as long again.

        Of a stream whose packets come when they were made, a reader that cannot keep up leaves some out.

        Raises:
            SourceUnavailable: which one, see ``producer.sources.base``.
        """
        self._address = redact(url)
        self._limits = limits
        self._advice = "; a firewall may keep UDP away: try tcp" if may_lose_packets else ""
        _resolve(url)
        check_certificate(url, limits.open_timeout_s)
        tls = {"tls_verify": "1", "ca_file": authorities()} if urlsplit(url).scheme in {"https", "rtsps"} else {}
        self._container = self._connect(url, _OPTIONS | tls | (options or {}))
        if not self._container.streams.video:
            self._container.close()
            raise SourceUnavailable(f"{self._address} answers, but carries no pictures")
        self._stream: VideoStream = self._container.streams.video[0]
        self._stream.thread_type = "SLICE"  # frame threads would hold pictures back
        self._watch = DamageWatch(self._stream, may_lose_packets)
        self._lag = Lag() if is_in_real_time else None
        self.codec = self._stream.codec_context.name
        rate = self._stream.average_rate or self._stream.guessed_rate
        self.fps = float(rate) if rate else None

    def pictures(self) -> Iterator[Picture]:
        """Pictures as they come.

        Raises:
            TimedOut, StreamEnded, SourceUnavailable: the camera froze, ended the stream or broke it off.
        """
        packets = self._container.demux()  # sound too: a camera that gives nothing else must not go on for ever
        picture_at = packet_at = time.monotonic()
        while (packet := self._next(packets)) is not None:
            if isinstance(packet.stream, VideoStream) and packet.stream.index == self._stream.index:
                packet_at = time.monotonic()
                for picture in self._pictures_in(packet):
                    yield picture
                    picture_at = packet_at = time.monotonic()
            self._check_patience(picture_at, packet_at)
        raise StreamEnded(f"{self._address} ended the stream")

    def close(self) -> None:
        """Hang up."""
        self._container.close()

    def _connect(self, url: str, options: dict[str, str]) -> InputContainer:
        began_at = time.monotonic()
        timeouts = (self._limits.open_timeout_s, self._limits.read_timeout_s)
        try:
            return av.open(url, options=options, timeout=timeouts)
        except (av.error.FFmpegError, OSError, ValueError) as error:
            waited_s = time.monotonic() - began_at
            raise self._explained(error, waited_s >= self._limits.open_timeout_s) from None

    def _next(self, packets: "Iterator[Packet[Stream]]") -> "Packet[Stream] | None":
        began_at = time.monotonic()
        try:
            packet = next(packets, None)
        except (av.error.FFmpegError, OSError) as error:
            raise self._explained(error, time.monotonic() - began_at >= self._limits.read_timeout_s) from None
        if time.monotonic() - began_at >= self._limits.read_timeout_s:
            # FFmpeg calls this the end of a playlist, or gives the packet first that its parser held back.
            raise TimedOut(f"{self._address} did not answer in time")
        return packet

    def _check_patience(self, picture_at: float, packet_at: float) -> None:
        now = time.monotonic()
        if now - packet_at > self._limits.read_timeout_s:
            raise TimedOut(f"{self._address} gives no pictures any more, only sound or data")
        if now - picture_at > max(self._limits.read_timeout_s, _KEY_FRAME_WAIT_S):
            raise TimedOut(f"{self._address} gives no picture that can be decoded: does it send key frames?")

    def _pictures_in(self, packet: "Packet[Stream]") -> Iterator[Picture]:
        if self.codec == "mjpeg":
            if packet.size:  # the empty one at the end makes decoders give what they hold back
                yield Picture(jpeg=bytes(packet), timestamp_s=_seconds(packet), is_damaged=packet.is_corrupt)
            return
        if self._is_left_out(packet):
            return
        for frame, is_damaged in self._watch.decoded(packet):
            yield Picture(
                pixels=partial(pixels_of, frame),
                luma=partial(luma_of, frame),
                timestamp_s=_seconds(frame),
                is_damaged=is_damaged,
            )

    def _is_left_out(self, packet: "Packet[Stream]") -> bool:
        sent_s = _seconds(packet)
        if self._lag is None or sent_s is None:
            return False
        return self._lag.leaves_out(sent_s, packet.is_keyframe, time.monotonic())

    def _explained(self, error: Exception, has_waited_long: bool) -> SourceError:
        """The error by what to do about it; FFmpeg's own text, which names the URL with its password, is not kept."""
        address = self._address
        if isinstance(error, av.error.HTTPUnauthorizedError) and "***@" not in address:
            return WrongPassword(f"{address} asks for a login: put user:password@ before the host")
        for kind, text in _BY_STATUS.items():
            if isinstance(error, kind):
                return _CLASSES.get(kind, SourceUnavailable)(f"{address} {text}")
        if isinstance(error, av.error.ExitError | TimeoutError) or has_waited_long:
            return TimedOut(f"{address} did not answer in time{self._advice}")
        if isinstance(error, ConnectionRefusedError):
            return ConnectionFailed(f"{address} refuses the connection: nothing listens there")
        if isinstance(error, av.error.InvalidDataError):
            return SourceUnavailable(f"{address} answers, but with no stream that can be played")
        return ConnectionFailed(f"{address} cannot be reached: {getattr(error, 'strerror', None) or 'bad address'}")


_BY_STATUS: dict[type[Exception], str] = {
    av.error.HTTPUnauthorizedError: "refuses the login (wrong user name or password)",
    av.error.HTTPForbiddenError: "refuses the login (wrong user name or password)",
    av.error.HTTPNotFoundError: "has no such stream (404): correct the path of the address",
    av.error.HTTPBadRequestError: "does not understand the request (400): correct the address",
    av.error.HTTPOtherClientError: "refuses the stream: correct its path, or choose the other transport",
    av.error.HTTPServerError: "answers with an error of its own: look whether the camera's stream is switched on",
}
_CLASSES: dict[type[Exception], type[SourceUnavailable]] = {
    av.error.HTTPUnauthorizedError: WrongPassword,
    av.error.HTTPForbiddenError: WrongPassword,
}


def _resolve(url: str) -> None:
    """Look the host's name up first: FFmpeg would call an unknown one an input/output error."""
    try:
        parts = urlsplit(url)
        if not parts.hostname:
            raise ValueError
        socket.getaddrinfo(parts.hostname, parts.port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        raise ConnectionFailed(f"{redact(url)} names a host that nobody knows: correct its name") from None
    except ValueError:
        raise ConnectionFailed(f"{redact(url)} is no address: correct it") from None


def _seconds(timed: "Packet[Stream] | av.VideoFrame") -> float | None:
    return float(timed.pts * timed.time_base) if timed.pts is not None and timed.time_base else None
