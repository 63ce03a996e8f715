"""What every source of pictures gives, and how it fails."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]  # BGR, height x width x 3
Luma = npt.NDArray[np.uint8]  # grey, height x width


class SourceError(Exception):
    """A source gives no pictures; the message is one line, safe to show."""


class SourceUnusable(SourceError):
    """Trying again cannot help: correct the camera's source."""


class SourceMissing(SourceUnusable):
    """There is no such file or folder."""


class NotAVideo(SourceUnusable):
    """The file is there, but nothing in it can be played."""


class NoPictures(SourceUnusable):
    """The folder holds no picture."""


class NoSuchDemo(SourceUnusable):
    """No feed of that name comes with Maskwatch."""


class SourceUnavailable(SourceError):
    """The camera does not answer as it should; try again later."""


class ConnectionFailed(SourceUnavailable):
    """Nothing listens at the address, or it cannot be reached."""


class WrongPassword(SourceUnavailable):
    """The camera refuses the login."""


class TimedOut(SourceUnavailable):
    """The camera said nothing for too long."""


class StreamEnded(SourceUnavailable):
    """The camera ended the stream."""


@dataclass(frozen=True)
class SourceLimits:
    """How long a live source may keep its reader waiting, in seconds."""

    open_timeout_s: float = 5.0
    read_timeout_s: float = 5.0


@dataclass(frozen=True)
class Picture:
    """One captured picture: JPEG bytes as the source gave them, or a way to its pixels.

    ``pixels`` and ``luma`` are called only for pictures that are wanted, since converting costs more
    than decoding; ``luma`` is the brightness alone, in the size of the pixels, and cheaper. ``time_s``
    counts from the source's first picture; live sources have none. ``timestamp_s`` is the camera's own
    time of a live picture, on whatever scale it counts. ``is_damaged`` tells that the decoder missed
    some of it. ``position`` is where a watched folder goes on behind this picture.
    """

    jpeg: bytes | None = None
    pixels: Callable[[], Pixels] | None = None
    luma: Callable[[], Luma] | None = None
    time_s: float = 0.0
    timestamp_s: float | None = None
    is_damaged: bool = False
    position: str = ""


class Source(Protocol):
    """An opened source.

    ``fps`` is what it claims, ``None`` where it says nothing. ``is_steady`` tells whether a source that is
    well always has the next picture soon; a watched folder may stay silent for hours. ``can_freeze`` tells
    whether one and the same picture for long means that the camera hangs.
    """

    codec: str
    fps: float | None
    is_steady: bool
    can_freeze: bool

    def pictures(self) -> Iterator[Picture]:
        """The pictures in order; ends where a recorded source ends.

        Raises:
            SourceError: a live source failed or ended.
        """

    def close(self) -> None:
        """Let go of the file or connection, from the thread that reads it; where it is not steady, from any thread.

        Then a ``pictures`` that waits in another thread ends at once.
        """


@runtime_checkable
class PacedSource(Protocol):
    """A source that is asked for each picture, and so comes at the rate that is wanted."""

    def pace(self, fps: float) -> None:
        """Another rate is wanted from now on; from any thread."""
