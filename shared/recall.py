"""What detector and model make of faces, as measured on annotated photographs: travels to who corrects counts."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from shared.face_sizes import FaceSize
from shared.messages import Label, Message

NOT_FOUND = "not_found"

Faces = Annotated[int, Field(ge=0, le=1_000_000_000)]


class FaceFates(Message):
    """What became of the annotated faces of one label and size: how many were not found, or called so."""

    not_found: Faces = 0
    with_mask: Faces = 0
    without_mask: Faces = 0
    incorrect_mask: Faces = 0

    @property
    def faces(self) -> int:
        """All of them."""
        return self.not_found + self.with_mask + self.without_mask + self.incorrect_mask

    @property
    def called_bare(self) -> int:
        """Those found and not taken for masked."""
        return self.without_mask + self.incorrect_mask


class RecallFigures(Message):
    """Of one detector and one model, at one working point.

    ``detector_version`` is ``None`` for detectors that have no versions of ours. ``false_faces`` are
    those of all photographs, by size and what they were called.
    """

    detector: Annotated[str, Field(min_length=1, max_length=64)]
    detector_version: int | None = None
    model_version: int = Field(ge=0)
    min_face_px: int = Field(gt=0)
    min_face_confidence: float = Field(ge=0, le=1)
    measured_at: AwareDatetime
    photographs: Faces
    fates: dict[Label, dict[FaceSize, FaceFates]]
    false_faces: dict[FaceSize, dict[Label, Faces]] = Field(default_factory=dict)

    def fates_of(self, label: Label, size: FaceSize) -> FaceFates:
        """What became of those faces; all zero where none were measured."""
        return self.fates.get(label, {}).get(size, FaceFates())
