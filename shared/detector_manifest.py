"""What a version of our face detector states of itself, and its registry."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.model_registry import GateRecord, VersionManifest, VersionRegistry

FACE_MODEL = "face"
Share = Annotated[float, Field(ge=0, le=1)]


class DetectorInput(BaseModel):
    """What the network takes: one picture, NHWC, of channels in ``order`` and numbers of ``dtype``.

    Float32 numbers are pixels (0 to 255) times ``scale`` plus ``offset``; uint8 numbers are pixels as
    they are. Height and width are any multiples of ``multiple``; a picture is padded right and below
    with ``padding`` (a pixel value).
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    scale: float = 1.0
    offset: float = 0.0
    order: Literal["rgb", "bgr"] = "rgb"
    dtype: Literal["float32", "uint8"] = "float32"
    multiple: int = Field(ge=1, le=256)
    padding: int = Field(ge=0, le=255)


class DetectorManifest(VersionManifest):
    """How to feed a face detector, and what it answers.

    The network answers with a map (1, height / stride, width / stride, 5) for each of ``strides``,
    or with its first channel and the other four in two maps. A cell's values: the logit that a face
    is centred near the cell, then the logarithms of the distances from the cell's centre, (column +
    0.5, row + 0.5) strides, to the box's left, top, right and bottom, in strides.

    A face's confidence is the logistic function of ``logit * confidence_slope +
    confidence_offset`` (calibration). Of boxes that overlap by ``overlap`` or more only the surest counts.
    """

    input: DetectorInput
    strides: tuple[int, ...] = Field(min_length=1)
    confidence_slope: float = Field(default=1.0, gt=0)
    confidence_offset: float = 0.0
    overlap: Share = 0.45
    gate: GateRecord | None = None  # None: made before there was a gate, or shipped


class DetectorRegistry(VersionRegistry[DetectorManifest]):
    """The versions of our face detector."""

    def __init__(self, root: str | Path, name: str = FACE_MODEL) -> None:
        """Open a registry; nothing is created until something is published."""
        super().__init__(root, name, DetectorManifest)
