"""What a training is asked to do and what it tells while it runs."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from shared.model_registry import BACKGROUND, Answer
from trainer.gate import GateMargins
from trainer.labels import LABELS

IncorrectMasks = Literal["without_mask", "leave_out"]
Precision = Literal["float32", "float16", "int8"]


class TrainingRefused(Exception):
    """What was asked cannot be trained; the message is one line that says what to change."""


class TrainSettings(BaseModel):
    """One training, complete: the same settings and data give the same split and the same pictures."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: Annotated[tuple[Path, ...], Field(min_length=1)]  # folders of labelled pictures
    registry: str  # where the version is published: a folder or an fsspec URL
    boxes: Path | None = None  # photographs with face boxes: a folder with boxes.json, or one with train/ and test/
    holdout: Path | None = None  # labelled pictures that only measure, in place of a part of the data
    corrections: Path | None = None  # review folder whose labelled crops train too
    reports: Path | None = None  # local folder for the report with pictures of people
    weights: str | None = "current"  # what the trunk begins with, see ``trainer.beginnings``
    teacher: Path | None = None  # YuNet ONNX that finds the face in each picture; None takes pictures whole
    # What the network tells apart; what the data has no example of is left out.
    classes: Annotated[tuple[Answer, ...], Field(min_length=2)] = (*LABELS, BACKGROUND)
    incorrect_masks: IncorrectMasks = "without_mask"  # what becomes of masks worn incorrectly without such a class
    size: Annotated[int, Field(ge=32, le=224)] = 96  # side of the network's input in pixels
    alpha: Annotated[float, Field(gt=0, le=1.4)] = 1.0  # MobileNetV2's width
    precision: Precision = "float16"  # of the exported weights
    epochs: Annotated[int, Field(ge=1, le=500)] = 12  # of fine-tuning; stops early
    patience: Annotated[int, Field(ge=1)] = 5  # epochs without a better validation before it stops
    batch: Annotated[int, Field(ge=2, le=1024)] = 32
    learning_rate: Annotated[float, Field(gt=0, lt=1)] = 3e-4  # of fine-tuning, at its peak
    frozen_layers: Annotated[int, Field(ge=0)] = 54  # of the trunk, counted from the picture, that keep their weights
    crop_margin: Annotated[float, Field(ge=0, le=1)] = 0.15  # see shared.model_registry.ModelInput
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 1  # of all chance in the training, not of the split
    split_seed: Annotated[int, Field(ge=0, lt=2**32)] = 1  # kept, so that versions are compared on unlearnt pictures
    promote: bool = True  # serve the new version if it passes the gate
    force: bool = False  # serve it even if it does not
    margins: GateMargins = GateMargins()
    shadow_s: Annotated[float, Field(ge=0, le=86_400)] = 0.0  # judge live faces beside the served one first; 0: no
    state_redis: str | None = None  # the running system's state server: for the shadow check, and to tell the workers

    @field_validator("classes")
    @classmethod
    def _are_told_apart(cls, classes: tuple[Answer, ...]) -> tuple[Answer, ...]:
        if classes[:2] != LABELS or len(set(classes)) != len(classes):
            raise ValueError("must begin with with_mask, without_mask and name nothing twice")
        return classes


@dataclass(frozen=True)
class TrainProgress:
    """How far a training is: ``done`` of ``total`` within a phase."""

    phase: str  # "reading pictures", "training the head", "fine-tuning", "exporting", "measuring", "publishing"
    done: int
    total: int
    note: str = ""  # the newest figures, in words
    epoch: int | None = None  # of fine-tuning, counted from 1
    epochs: int | None = None  # at most
    loss: float | None = None


OnProgress = Callable[[TrainProgress], None]
