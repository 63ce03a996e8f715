"""Which pictures of a stream are damaged: a decoder says where damage began, not how far it spreads."""

import time
from collections import deque

import av
from av.codec.context import Flags
from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

_LONGEST_S = 10.0  # some cameras send a key frame once a minute; that long nobody wants to see nothing


def report_damage(stream: VideoStream) -> None:
    """Let the decoder give damaged pictures and flag them, rather than hide or drop them."""
    stream.codec_context.flags |= Flags.output_corrupt
    if stream.codec_context.name == "hevc":
        # Its decoder flags nothing, but with this it raises, and gives the picture all the same.
        stream.codec_context.options = {"err_detect": "explode"}


class DamageWatch:
    """Decodes packets and marks pictures from a fault on until a clean key frame mends them."""

    def __init__(self, stream: VideoStream, may_lose_packets: bool = False) -> None:
        """Take the stream to decode; where packets may get lost, a hole in even timestamps is a fault too."""
        self._stream = stream
        self._holes = Holes() if may_lose_packets else None
        self._ends_at = 0.0
        self._broken_pts: int | None = None
        report_damage(stream)

    def decoded(self, packet: "Packet[Stream] | Packet[VideoStream]") -> list[tuple[VideoFrame, bool]]:
        """The packet's pictures, each with whether it is damaged; none where nothing could be made of it."""
        if self._holes is not None and packet.pts is not None and self._holes.lies_before(packet.pts):
            self._begin(None)
        if packet.is_corrupt:
            self._begin(packet.pts)
        try:
            frames: list[VideoFrame] = self._stream.decode(packet)
        except av.error.FFmpegError:
            self._begin(packet.pts)
            return []
        return [(frame, self._is_damaged(frame)) for frame in frames]

    def _begin(self, pts: int | None) -> None:
        """From now on, the picture with these timestamps being itself no clean key frame."""
        self._ends_at = time.monotonic() + _LONGEST_S
        self._broken_pts = pts

    def _is_damaged(self, frame: VideoFrame) -> bool:
        if frame.is_corrupt:
            self._begin(frame.pts)
        elif frame.key_frame and (frame.pts is None or frame.pts != self._broken_pts):
            self._ends_at = 0.0
        return time.monotonic() < self._ends_at


class Holes:
    """Finds pictures that are missing whole, of which decoders say nothing, in a stream of an even rate."""

    def __init__(self) -> None:
        """Nothing has come yet."""
        self._last_pts: int | None = None
        self._steps: deque[int] = deque(maxlen=8)

    def lies_before(self, pts: int) -> bool:
        """Whether pictures are missing before this one; never where the rate is uneven."""
        step = 0 if self._last_pts is None else pts - self._last_pts
        self._last_pts = pts
        shortest, longest = min(self._steps, default=0), max(self._steps, default=0)
        self._steps.append(step)
        is_even = len(self._steps) == self._steps.maxlen and 0 < longest < 1.3 * shortest
        return is_even and step > 1.7 * longest
