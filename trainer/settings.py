"""What a training is asked to do and what it tells while it runs."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

IncorrectMasks = Literal["without_mask", "leave_out"]


class TrainingRefused(Exception):
    """What was asked cannot be trained; the message is one line that says what to change."""


class TrainSettings(BaseModel):
    """One training, complete: the same settings and data give the same split and the same pictures."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: Annotated[tuple[Path, ...], Field(min_length=1)]  # folders of labelled pictures
    registry: Path  # where the version is published
    boxes: Path | None = None  # photographs with face boxes: a folder with boxes.json, or one with train/ and test/
    weights: Path | None = None  # MobileNetV2 without its top; None begins with random weights
    teacher: Path | None = None  # YuNet ONNX that finds the face in each picture; None takes pictures whole
    size: Annotated[int, Field(ge=32, le=224)] = 96  # side of the network's input in pixels
    alpha: Annotated[float, Field(gt=0, le=1.4)] = 1.0  # MobileNetV2's width
    epochs: Annotated[int, Field(ge=1, le=500)] = 12  # of fine-tuning; stops early
    patience: Annotated[int, Field(ge=1)] = 5  # epochs without a better validation before it stops
    batch: Annotated[int, Field(ge=2, le=1024)] = 32
    learning_rate: Annotated[float, Field(gt=0, lt=1)] = 3e-4  # of fine-tuning, at its peak
    frozen_layers: Annotated[int, Field(ge=0)] = 54  # of the trunk, counted from the picture, that keep their weights
    crop_margin: Annotated[float, Field(ge=0, le=1)] = 0.15  # see shared.model_registry.ModelInput
    incorrect_masks: IncorrectMasks = "without_mask"  # what the two labels make of a mask worn incorrectly
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 1
    promote: bool = True  # serve the new version at once


@dataclass(frozen=True)
class TrainProgress:
    """How far a training is: ``done`` of ``total`` within a phase."""

    phase: str  # "reading pictures", "training the head", "fine-tuning", "measuring", "publishing"
    done: int
    total: int
    note: str = ""  # the newest figures, in words


OnProgress = Callable[[TrainProgress], None]
