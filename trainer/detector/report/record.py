"""All that a training of the detector produced; JSON, without pictures and without paths.

Reading one needs neither numpy nor OpenCV nor TensorFlow, so that a terminal can show it at once.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.messages import Label
from trainer.report.record import Bin, Curve, Promotion, Run, Variation

Figures = dict[str, float]  # as trainer.detector.figures gives them


class _Record(BaseModel):
    # A training that ran away has a loss that is no number; its report says so instead of failing.
    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_inf_nan="strings")


class FaceCount(_Record):
    """The faces of one label among the pictures of one kind."""

    part: str  # "photographs, taught", "photographs, validation", "photographs, test", "pictures of one face"
    label: Label
    pictures: int = Field(ge=0)  # that show such a face
    sizes: dict[str, int]  # width in pixels -> faces


class DataReport(_Record):
    """What it learnt from and what it is measured on."""

    pictures: dict[str, int]  # part -> pictures
    faces: tuple[FaceCount, ...]
    teacher: str  # name and digest
    dropped: dict[str, int] = Field(default_factory=dict)  # reason -> pictures; which ones is in dropped.csv
    validation_share: float = Field(ge=0, le=1)  # of the photographs, chosen by the hash of their names


class NetworkReport(_Record):
    """The network."""

    weights: int
    strides: tuple[int, ...]
    widths: tuple[int, ...]  # channels of each level
    sides_px: tuple[tuple[float, float], ...]  # of the faces that each level answers for
    patch_px: int  # the picture is cut into patches so wide at once
    fitted_in: str  # precision of the numbers while fitting


class FittingReport(_Record):
    """The fitting: its length and its loss."""

    minutes: float
    steps: int
    batch: int
    learning_rate: float  # at its peak
    at_step: tuple[int, ...] = ()
    loss: Curve = ()
    rate: Curve = ()
    mined_after: tuple[float, ...]  # shares of the time after which false faces were looked for
    mined_at_step: tuple[int, ...] = ()  # about
    false_faces: int = 0  # that were found then and shown again


class TrialReport(_Record):
    """What one detector found on the photographs of one part."""

    detector: str
    part: str
    precision: str | None = None  # of ours
    zoom: float = 1.0  # how much larger the photographs were shown
    score: float  # at which it would be used
    figures: Figures  # at that score
    equal: Figures  # at the score that gives as many false faces as the gate compares at
    false_faces: Curve = ()  # a photograph, over falling scores
    recall: dict[Label, Curve] = Field(default_factory=dict)  # at each of those

    @property
    def name(self) -> str:
        """As tables call it."""
        return f"{self.detector}, {self.part}"


class CalibrationReport(_Record):
    """How far confidences can be taken at their word; a confidence is logistic(logit * slope + offset)."""

    slope: float
    offset: float
    clear: float  # the confidence from which on a face begins a track
    bins: dict[str, tuple[Bin, ...]] = Field(default_factory=dict)  # part -> bins; "accuracy" is the share of faces


class ExportReport(_Record):
    """The files."""

    precision: str  # of the one that was chosen
    bytes: dict[str, int]  # precision -> size
    equal_recall: dict[str, float]  # precision -> mean recall of masked and bare faces by which it was chosen


class DetectorReport(_Record):
    """One version's training, complete."""

    schema_version: Literal[1] = 1
    name: str = "face"
    version: int = Field(ge=1)
    note: str = ""
    run: Run
    data: DataReport
    scenes: tuple[Variation, ...]
    network: NetworkReport
    fitting: FittingReport
    equal_false_faces: float  # a photograph, at which detectors are compared
    trials: tuple[TrialReport, ...]
    calibration: CalibrationReport
    export: ExportReport
    promotion: Promotion = Promotion()
