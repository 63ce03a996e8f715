"""All that the nine steps of a training produced, in their order; JSON, without pictures and without paths.

Reading one needs neither numpy nor OpenCV nor TensorFlow, so that a terminal can show it at once.
"""

from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.model_registry import Answer, GateRecord

REPORT_FILE = "report.json"
PAGE_FILE = "report.html"

Figures = dict[str, float]  # as trainer.evaluation.figures gives them
Curve = tuple[float, ...]  # one value an epoch


class _Record(BaseModel):
    # A training that ran away has a loss that is no number; its report says so instead of failing.
    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_inf_nan="strings")


class Preparation(_Record):
    """Step 1, pictures: every face that was found in the data and what became of it."""

    found: int = Field(ge=0)
    usable: int = Field(ge=0)
    dropped: dict[str, int] = Field(default_factory=dict)  # reason -> faces; which ones is in dropped.csv
    duplicates: int = Field(default=0, ge=0)  # of those dropped, because the same picture is there already
    faces_found_by: str = "pictures taken whole"  # the teacher's name and digest


class Variation(_Record):
    """Step 2, augmentation: one thing that is done to training pictures."""

    name: str
    how_often: float = Field(ge=0, le=1)  # share of the pictures that get it
    how_much: str  # "0.8 to 1.3 times as large"


class SplitCount(_Record):
    """Step 3: one row of the split."""

    part: str
    source: str
    label: Answer
    faces: int = Field(ge=0)
    clusters: int = Field(ge=0)


class SplitReport(_Record):
    """Step 3, split: whole clusters of near-duplicates go to one part, in like shares of each source and label."""

    seed: int
    clusters: dict[str, int]  # part -> how many
    faces: tuple[SplitCount, ...]
    clusters_given: int = Field(default=0, ge=0)  # faces whose cluster the data set states
    clusters_computed: int = Field(default=0, ge=0)  # faces whose cluster was found by comparing pictures

    def total(self, part: str) -> int:
        """How many faces are in a part."""
        return sum(row.faces for row in self.faces if row.part == part)


class NetworkReport(_Record):
    """Step 4, the network and what it began with."""

    labels: tuple[Answer, ...]
    size: int  # side of the input in pixels
    alpha: float
    began_with: str  # name and digest of the weights
    parameters: int | None = None
    architecture: str = "MobileNetV2"
    preprocessing: str = ""  # how a face becomes the input, in words


class Fitting(_Record):
    """Step 5: the head on a frozen trunk, then fine-tuning. Epochs count from 1."""

    head_loss: Curve = ()
    head_accuracy: Curve = ()
    train_loss: Curve = ()
    train_accuracy: Curve = ()
    validation_loss: Curve = ()
    validation_accuracy: Curve = ()
    validation_balanced: Curve = ()
    learning_rate: Curve = ()  # at each epoch's end
    best_epoch: int | None = None  # whose weights are kept
    epochs_allowed: int | None = None
    patience: int | None = None
    stopped_early_at: int | None = None  # the last epoch, if more were allowed
    frozen_layers: int | None = None  # of the trunk, counted from the picture


class Confusion(_Record):
    """How often each label was given each answer; a row for each label that occurs, a column for each answer."""

    truths: tuple[Answer, ...]
    answers: tuple[Answer, ...]
    counts: tuple[tuple[int, ...], ...]


class Bin(_Record):
    """Faces whose answer has a confidence from ``low`` to ``high``."""

    low: float
    high: float
    faces: int
    confidence: float  # their mean
    accuracy: float
    accuracy_low: float  # Wilson's 95 % interval
    accuracy_high: float


class Calibration(_Record):
    """How far confidences can be taken at their word, before and after division by the temperature."""

    temperature: float
    before: tuple[Bin, ...]
    after: tuple[Bin, ...]
    error_before: float  # expected calibration error: mean distance of confidence and accuracy
    error_after: float
    log_loss_before: float
    log_loss_after: float


class ThresholdSweep(_Record):
    """What would be gained by calling a face bare from another probability on."""

    thresholds: Curve
    balanced_accuracy: Curve
    best: float
    best_balanced_accuracy: float
    used: float = 0.5
    used_balanced_accuracy: float


class PartReport(_Record):
    """Step 6 for one part: what the exported network answered."""

    part: str
    faces: int
    confusion: Confusion
    calibration: Calibration | None = None  # None where no face's label is among the network's
    threshold: ThresholdSweep | None = None  # None without both masked and bare faces


class Evaluation(_Record):
    """Step 6: the figures of every part, source and face size, and what stands behind them."""

    figures: dict[str, Figures]  # as in the manifest: "test", "test/<source>", "test/24+ px"
    parts: tuple[PartReport, ...] = ()


class SceneLabel(_Record):
    """Annotated faces of one label: how many were found, and of how many the label was right."""

    label: Answer
    faces: int
    found: int
    right: int
    found_low: float  # Wilson's 95 % intervals, of the share of all faces
    found_high: float
    right_low: float
    right_high: float


class SceneReport(_Record):
    """Step 7: detection plus classification on photographs that took no part in the training."""

    detector: str
    remark: str = ""  # what to keep in mind about that detector
    photographs: int
    labels: tuple[SceneLabel, ...]
    false_faces: int
    min_face_px: float  # smaller faces count neither for nor against
    true_compliance: float | None  # share of annotated faces with a mask
    reported_compliance: float | None  # share of detections called masked


class ExportReport(_Record):
    """Step 8: the file that workers run."""

    precision: str
    bytes: int
    faces_compared: int | None = None
    max_difference: float | None = None  # of a probability, to the Keras network
    mean_difference: float | None = None
    other_answers: int | None = None  # faces of which the two say different things
    milliseconds_a_face: float | None = None


class ShadowRecord(_Record):
    """What came of judging live faces beside the version that was served."""

    passed: bool
    inconclusive: bool = False  # too few faces: nothing is known against the version
    seconds: float
    faces: int
    disagreements: int = 0
    reasons: tuple[str, ...] = ()
    shifts: dict[str, float] = Field(default_factory=dict)  # camera -> change of its share of bare faces


class Promotion(_Record):
    """Step 9: whether the version is served, and why."""

    gate: GateRecord | None = None
    shadow: ShadowRecord | None = None
    promoted: bool | None = None  # None: not yet decided when this was written
    why: str = ""


class Run(_Record):
    """Under what circumstances the training ran."""

    data_fingerprint: str
    code_version: str
    seed: int
    settings: dict[str, str | int | float | bool | None]  # without paths
    started_at: AwareDatetime
    ended_at: AwareDatetime
    seconds: dict[str, float] = Field(default_factory=dict)  # step -> wall time
    peak_memory_bytes: int | None = None
    cores: int | None = None
    software: dict[str, str] = Field(default_factory=dict)  # package -> version
    gpu: str | None = None  # its name; None where none was used

    @property
    def wall_seconds(self) -> float:
        """From the first picture to this report."""
        return (self.ended_at - self.started_at).total_seconds()


class TrainingReport(_Record):
    """One version's training, complete."""

    schema_version: Literal[1] = 1
    name: str = "mask"
    version: int = Field(ge=1)
    run: Run
    preparation: Preparation
    augmentation: tuple[Variation, ...]
    split: SplitReport
    network: NetworkReport
    fitting: Fitting
    evaluation: Evaluation
    scenes: SceneReport | None = None  # None where there are no annotated photographs
    export: ExportReport
    promotion: Promotion = Promotion()


def local_page(reports: Path, name: str, version: int) -> Path:
    """Where the report with pictures of a version is, if there is one on this machine."""
    return reports / f"{name}-{version}" / PAGE_FILE
