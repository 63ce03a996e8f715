"""What a worker takes from a frames stream and how it ends."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.messages import Box, FrameHeader, FrameResult
from worker.decoding import PoisonEntry
from worker.detectors import Picture


@dataclass(frozen=True)
class Entry:
    """One entry of a camera's frames stream; ``deliveries`` counts this hand-out too."""

    camera: str
    id: str
    fields: Mapping[bytes, bytes]
    deliveries: int = 1


@dataclass(frozen=True)
class Frame:
    """An entry whose header is known."""

    entry: Entry
    header: FrameHeader


@dataclass(frozen=True)
class DecodedFrame:
    """A frame with its BGR picture, whose sides are halved as often as the header says."""

    frame: Frame
    picture: Picture
    decode_s: float

    @property
    def shrink(self) -> int:
        """How many pixels of the frame are one of the picture, along a side."""
        return int(2**self.frame.header.halvings)

    def in_picture(self, box: Box) -> Box:
        """A box of the frame in pixels of the picture."""
        return Box(*(value / self.shrink for value in box))


@dataclass(frozen=True)
class Ending:
    """How an entry ends: the result to publish, the dead letter where it is one, JPEGs of faces by detection.

    Only an entry without a readable header has no result, since nobody knows its sequence number.
    """

    entry: Entry
    result: FrameResult | None
    dead_letter: PoisonEntry | None = None
    faces: Mapping[int, bytes] = field(default_factory=dict)
