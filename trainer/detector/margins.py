"""By how much a new detector may be worse than the one served."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1)]


class DetectorMargins(BaseModel):
    """Shares of faces, at as many false faces a photograph for both; see ``trainer.detector.gate``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    false_faces: float = Field(default=0.2, gt=0)  # a photograph, at which detectors are compared
    recall: Share = 0.02  # of one label, that may be lost
    apart: Share = 0.03  # by which masked and bare faces may be found more unequally
    chance: float = Field(default=1.0, ge=0)  # standard deviations of the comparison that are allowed on top
    least_faces: int = Field(default=10, ge=1)  # of each label, below which nothing can be said
    # Asked of the served detector itself: where it finds fewer, the boxes are in doubt rather than the detector.
    least_trust: Share = 0.5
    least_recall: Share = 0.6  # of each label, asked of a detector where none is served
    most_apart: Share = 0.25  # asked likewise
