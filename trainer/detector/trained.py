"""All that a training made, before it is a version."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from shared.model_registry import GateRecord
from trainer.detector.album import Dropped, Page
from trainer.detector.losses import LossRow
from trainer.detector.settings import DetectorSettings, ModelPrecision
from trainer.report.machine import Stopwatch

if TYPE_CHECKING:  # TensorFlow takes seconds to load, and a value needs none
    from trainer.detector.choosing import Measured


@dataclass(frozen=True)
class Lesson:
    """What it was taught."""

    teacher: str  # name and digest
    photographs: Sequence[Page]
    singles: Sequence[Page]
    dropped: Sequence[Dropped]
    false_faces: int  # that were found at the last look and shown again


@dataclass(frozen=True)
class Fitted:
    """How the network came to be."""

    weights: int
    precision: str  # of the numbers that it was fitted with
    steps: int
    losses: Sequence[LossRow]


@dataclass(frozen=True)
class TrainedDetector:
    """All that a version is made of."""

    settings: DetectorSettings
    lesson: Lesson
    fitted: Fitted
    models: dict[ModelPrecision, bytes]  # the LiteRT files
    measured: "Measured"
    gate: GateRecord
    started_at: datetime
    stopwatch: Stopwatch

    @property
    def model(self) -> bytes:
        """The chosen file."""
        return self.models[self.measured.precision]
