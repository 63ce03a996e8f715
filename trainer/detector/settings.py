"""What a training of the face detector is asked to do."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

ModelPrecision = Literal["float16", "int8"]


class DetectorSettings(BaseModel):
    """One training, complete. How many steps fit into ``minutes`` depends on the machine."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    faces: Path  # manifest.csv and its pictures, mostly of one face each, without boxes
    boxes: Path  # boxes.json and its photographs, every face boxed
    teacher: Path  # YuNet ONNX, which finds the boxes that ``faces`` lacks
    registry: Path  # where the version is published
    work: Path  # read pictures and checkpoints are kept here
    minutes: Annotated[float, Field(gt=0)] = 100.0  # of fitting
    batch: Annotated[int, Field(ge=1, le=256)] = 12
    learning_rate: Annotated[float, Field(gt=0, lt=1)] = 3e-3  # at its peak
    weight_decay: Annotated[float, Field(ge=0, lt=1)] = 1e-2
    precision: Literal["best"] | ModelPrecision = "best"  # best: int8 where it loses no faces
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 1
    resume: bool = False  # go on from the newest checkpoint in ``work``
    promote: bool = True
    note: str = ""  # what else a reader of the card should know
