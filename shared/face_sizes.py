"""How large a face is, in the classes by which detectors are measured and people are counted."""

from enum import StrEnum


class FaceSize(StrEnum):
    """The width of a face in pixels of the source picture: lower bound included, upper bound excluded."""

    SMALL = "24-40"
    MEDIUM = "40-80"
    LARGE = "80+"


_BOUNDS = ((80.0, FaceSize.LARGE), (40.0, FaceSize.MEDIUM), (24.0, FaceSize.SMALL))


def size_of(width_px: float) -> FaceSize | None:
    """The class of a face; ``None`` below 24 pixels."""
    return next((size for least, size in _BOUNDS if width_px >= least), None)
