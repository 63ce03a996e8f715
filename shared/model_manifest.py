"""What a model version states of itself, and why one cannot be served: the registry's records and errors."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from shared.messages import Label

MANIFEST = "manifest.json"
MAX_MANIFEST_BYTES = 1_000_000

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
# A file beside the manifest or one folder below: no absolute path, no "..".
FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?$")]


BACKGROUND: Literal["background"] = "background"  # what a network may answer of a detector's false face
Answer = Label | Literal["background"]


class Refusal(StrEnum):
    """Why a model version cannot be served; what reloads are counted by."""

    CURRENT = "current"  # current.json is missing or names no version
    MISSING = "missing"  # no such version, or one of its files is not there
    MANIFEST = "manifest"  # the manifest is too large, does not parse or speaks of another version
    CHECKSUM = "checksum"  # a file is not what the manifest states
    DOES_NOT_RUN = "does_not_run"  # no network, or one whose shape is not that of the manifest
    GOLDEN = "golden"  # gives other outputs here than where it was made
    UNREACHABLE = "unreachable"  # the registry itself does not answer


class ModelError(Exception):
    """A model version that cannot be served; the message says which file and why."""

    def __init__(self, message: str, reason: Refusal = Refusal.MISSING) -> None:
        """``reason`` is the message's kind."""
        super().__init__(message)
        self.reason = reason


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class ModelInput(_Record):
    """What the network takes: RGB pictures, NHWC float32, each pixel times ``scale`` plus ``offset``.

    A face is cut out as the square around its box's centre whose side is the box's longer side
    times ``1 + 2 * crop_margin``, with what lies outside the picture repeated from its edge.
    """

    width: int = Field(ge=16, le=1024)
    height: int = Field(ge=16, le=1024)
    scale: float
    offset: float
    crop_margin: float = Field(ge=0, le=2)


class GoldenCheck(_Record):
    """A picture among the version's files and the probabilities that the network must give for it."""

    file: FileName
    probabilities: tuple[float, ...]
    tolerance: float = Field(default=0.02, gt=0, lt=1)


class GateRecord(_Record):
    """Whether a version was found fit to be served, before it was: see ``trainer.gate``."""

    passed: bool
    compared_with: int | None = None  # the version served then; None where there was none
    reasons: tuple[str, ...] = ()  # one line for each thing that is worse than its margin allows
    forced: bool = False  # promoted although it did not pass, because somebody said so


class VersionManifest(_Record):
    """What any model version states of itself: its files, how it was made and how good it is."""

    schema_version: Literal[1] = 1
    name: str
    version: int = Field(ge=1)
    created_at: AwareDatetime
    model_file: FileName
    files: dict[FileName, Sha256]
    metrics: dict[str, dict[str, float]] = Field(default_factory=dict)  # split or source -> figure -> value
    training: dict[str, str | int | float] = Field(default_factory=dict)  # data fingerprint, settings, code version


class Manifest(VersionManifest):
    """How to feed a mask classifier, and what it answers.

    The network's outputs are probabilities in the order of ``labels``. ``temperature`` divides
    their logarithms before they are normalised again (calibration); 1 leaves them alone.
    """

    labels: tuple[Answer, ...] = Field(min_length=2)
    input: ModelInput
    temperature: float = Field(default=1.0, gt=0)
    golden: tuple[GoldenCheck, ...] = ()
    gate: GateRecord | None = None  # None: made before there was a gate, or shipped
