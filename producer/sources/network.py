"""Cameras on the network: RTSP (always over TCP) and HTTP, MJPEG passed through byte by byte."""

import time
from collections.abc import Iterator
from functools import partial

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
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
from producer.sources.video_file import pixels_of
from shared.redaction import redact

# FFmpeg looks at a stream for up to 5 s before it gives the first picture; sizes come with the pictures anyway.
_HTTP_OPTIONS = {"analyzeduration": "500000"}
_RTSP_OPTIONS = _HTTP_OPTIONS | {"rtsp_transport": "tcp"}  # over UDP, lost packets smear faces


class NetworkStream:
    """An opened RTSP or HTTP stream; logins stand in the URL."""

    def __init__(self, url: str, limits: SourceLimits) -> None:
        """Connect.

        Raises:
            SourceUnavailable: which one, see ``producer.sources.base``.
        """
        self._address = redact(url)
        self._limits = limits
        self._container = self._connect(url)
        if not self._container.streams.video:
            self._container.close()
            raise SourceUnavailable(f"{self._address} carries no pictures")
        self._stream: VideoStream = self._container.streams.video[0]
        self._stream.thread_type = "SLICE"  # frame threads would hold pictures back
        self.codec = self._stream.codec_context.name
        rate = self._stream.average_rate or self._stream.guessed_rate
        self.fps = float(rate) if rate else None

    def pictures(self) -> Iterator[Picture]:
        """Pictures as they come.

        Raises:
            TimedOut, StreamEnded, SourceUnavailable: the camera froze, ended the stream or broke it off.
        """
        packets = self._container.demux(self._stream)
        while (packet := self._next(packets)) is not None:
            yield from self._pictures_in(packet)
        raise StreamEnded(f"{self._address} ended the stream")

    def close(self) -> None:
        """Hang up."""
        self._container.close()

    def _connect(self, url: str) -> InputContainer:
        began_at = time.monotonic()
        options = _RTSP_OPTIONS if url.lower().startswith("rtsp") else _HTTP_OPTIONS
        timeouts = (self._limits.open_timeout_s, self._limits.read_timeout_s)
        try:
            return av.open(url, options=options, timeout=timeouts)
        except (av.error.FFmpegError, OSError, ValueError) as error:
            waited_s = time.monotonic() - began_at
            raise self._explained(error, waited_s >= self._limits.open_timeout_s) from None

    def _next(self, packets: "Iterator[Packet[VideoStream]]") -> "Packet[VideoStream] | None":
        began_at = time.monotonic()
        try:
            packet = next(packets, None)
        except (av.error.FFmpegError, OSError) as error:
            raise self._explained(error, time.monotonic() - began_at >= self._limits.read_timeout_s) from None
        return packet if packet is not None and packet.size else None  # the empty packet only flushes decoders

    def _pictures_in(self, packet: "Packet[VideoStream]") -> Iterator[Picture]:
        if self.codec == "mjpeg":
            yield Picture(jpeg=bytes(packet))
            return
        try:
            frames: list[VideoFrame] = self._stream.decode(packet)
        except av.error.FFmpegError:
            return  # damaged on the way: no picture was captured, the next key frame mends it
        for frame in frames:
            yield Picture(pixels=partial(pixels_of, frame))

    def _explained(self, error: Exception, has_waited_long: bool) -> SourceError:
        """The error by what to do about it; FFmpeg's own text, which names the URL with its password, is not kept."""
        address = self._address
        if isinstance(error, av.error.HTTPUnauthorizedError | av.error.HTTPForbiddenError):
            return WrongPassword(f"{address} refuses the login (wrong user name or password)")
        if isinstance(error, av.error.ExitError | TimeoutError) or has_waited_long:
            return TimedOut(f"{address} did not answer in time")
        if isinstance(error, ConnectionRefusedError):
            return ConnectionFailed(f"{address} refuses the connection: nothing listens there")
        if isinstance(error, av.error.HTTPNotFoundError):
            return SourceUnavailable(f"{address} has no such stream (404)")
        if isinstance(error, av.error.InvalidDataError):
            return SourceUnavailable(f"{address} answers, but with no stream that can be played")
        return ConnectionFailed(f"{address} cannot be reached: {getattr(error, 'strerror', None) or 'bad address'}")
