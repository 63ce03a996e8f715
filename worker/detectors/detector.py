"""What every face detector does."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from shared.messages import Box

Picture = npt.NDArray[np.uint8]  # BGR, height x width x 3
Pixels = npt.NDArray[Any]  # what OpenCV gives and takes
Size = tuple[int, int]  # width, height in pixels


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


class Detector(Protocol):
    """Finds faces; may be called from several threads at once."""

    name: str

    def detect(self, picture: Picture, whole: Size | None = None) -> list[FaceBox]:
        """The faces of one picture, the surest first; boxes lie within the picture.

        A picture that is a patch of another is looked at as closely as that one, of size ``whole``, would be.
        """
        ...


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
