"""What a training of the face detector is asked to do."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from trainer.detector.margins import DetectorMargins

ModelPrecision = Literal["float16", "int8"]


class DetectorSettings(BaseModel):
    """One training, complete. How many steps fit into ``minutes`` depends on the machine."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    faces: Path  # labelled pictures, mostly of one face each, without boxes: see ``trainer.data_set.labelled_faces``
    boxes: Path  # boxes.json and its photographs, every face boxed; with train/ and test/ below, test/ only measures
    teacher: Path  # YuNet ONNX, which finds the boxes that ``faces`` lacks
    registry: str | Path  # where the version is published: a folder or an fsspec URL
    work: Path  # read pictures and checkpoints are kept here
    served: Path | None = None  # the registry of the detector that is served while ``registry`` has none
    reports: Path | None = None  # local folder for the report with pictures of people
    minutes: Annotated[float, Field(gt=0)] = 105.0  # of fitting
    batch: Annotated[int, Field(ge=1, le=256)] = 12
    learning_rate: Annotated[float, Field(gt=0, lt=1)] = 3e-3  # at its peak
    weight_decay: Annotated[float, Field(ge=0, lt=1)] = 1e-2
    precision: Literal["best"] | ModelPrecision = "best"  # best: int8 where it loses no faces
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 1
    resume: bool = False  # go on from the newest checkpoint in ``work``
    fresh: bool = False  # begin anew, whatever ``work`` holds
    promote: bool = True  # serve the new version if it passes the gate
    force: bool = False  # serve it even if it does not
    margins: DetectorMargins = DetectorMargins()
    note: str = ""  # what else a reader of the card should know
