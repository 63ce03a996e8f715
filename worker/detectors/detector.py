"""What every face detector does."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from shared.messages import Box

Picture = npt.NDArray[np.uint8]  # BGR, height x width x 3
Pixels = npt.NDArray[Any]  # what OpenCV gives and takes
Size = tuple[int, int]  # width, height in pixels
_Item = TypeVar("_Item")
_Answer = TypeVar("_Answer")


# A detector's box of one face varies by about a fifth in width, so that a sharp limit would lose
# half of the faces that are just large enough.
SIZE_TOLERANCE = 0.8


class DetectorUnavailable(Exception):
    """The chosen detector cannot be loaded; the message says which setting to correct."""


@dataclass(frozen=True)
class FaceBox:
    """Where a face is, within the picture, and how sure the detector is of it, 0 to 1."""

    box: Box
    face_confidence: float


@dataclass(frozen=True)
class Part:
    """What is to be looked at, a picture or a patch of one, and the size of that whole picture."""

    picture: Picture
    whole: Size


class Patch(NamedTuple):
    """A rectangle of whole pixels within a picture: left, top, right, bottom; right and bottom excluded."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def pixels(self) -> int:
        """Its area."""
        return (self.x1 - self.x0) * (self.y1 - self.y0)


class Each(Protocol):
    """Calls a function for each of several items, at once if it can; the answers are in the items' order."""

    def __call__(self, work: Callable[[_Item], _Answer], items: Iterable[_Item], /) -> Iterator[_Answer]:
        """As ``map`` does."""
        ...


class Detector(Protocol):
    """Finds faces; may be called from several threads at once."""

    name: str

    def detect(self, picture: Picture, whole: Size | None = None) -> list[FaceBox]:
        """The faces of one picture, the surest first; boxes lie within the picture.

        A picture that is a patch of another is looked at as closely as that one, of size ``whole``, would be.
        """
        ...

    def detect_each(self, parts: Sequence[Part], each: Each) -> list[list[FaceBox]]:
        """The faces of several parts, in their order; boxes lie within the part, and ``each`` spreads the work."""
        ...


def one_by_one(detector: Detector, parts: Sequence[Part], each: Each) -> list[list[FaceBox]]:
    """The faces of several parts, for a detector that gains nothing by looking at them together."""
    return list(each(lambda part: detector.detect(part.picture, part.whole), parts))


def size_of(picture: Picture) -> Size:
    """A picture's width and height."""
    return picture.shape[1], picture.shape[0]


def clipped(box: Box, picture: Picture) -> Box:
    """The part of a box that lies within the picture."""
    height, width = picture.shape[:2]
    return Box(
        min(max(box.x0, 0.0), width), min(max(box.y0, 0.0), height),
        min(max(box.x1, 0.0), width), min(max(box.y1, 0.0), height),
    )  # fmt: skip
