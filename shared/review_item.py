"""One face in the review folder: where it comes from, what the model said, what a person said."""

import math
import re
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from shared.messages import Box, CameraId, Confidence, Detection, FrameResult, Label, Violation

MAX_ITEM_BYTES = 16_384
_CLUSTER_S = 600
_FIRST_YEAR, _LAST_YEAR = 1970, 2200
NOT_A_FACE: Literal["not_a_face"] = "not_a_face"
ReviewLabel = Label | Literal["not_a_face"]
REVIEW_LABELS: tuple[str, ...] = (*Label, NOT_A_FACE)

# A file's name of at most 255 bytes that is no path and not hidden; its end says that it is ours.
ID = re.compile(r"[a-z0-9][A-Za-z0-9_.-]{0,200}-(unsure|wrong)")
ReviewId = Annotated[str, StringConstraints(pattern=f"^{ID.pattern}$")]

_Printable = Annotated[str, StringConstraints(max_length=200, pattern="^[ -~]*$")]  # it is shown on a terminal


class Why(StrEnum):
    """Why a face is to be looked at."""

    LOW_CONFIDENCE = "low_confidence"  # the model was unsure of it
    MARKED_WRONG = "marked_wrong"  # the operator saw a violation that is none


class ReviewItem(BaseModel):
    """A face and its provenance.

    ``box`` is the face in the frame, ``face`` the same in the crop, both in pixels. Of a face that
    was marked wrong, epoch, sequence and face confidence are not known any more.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    schema_version: Literal[1] = 1
    id: ReviewId
    camera: CameraId
    captured_at: AwareDatetime
    epoch: int | None = Field(default=None, ge=0)
    sequence: int | None = Field(default=None, ge=0)
    box: Box
    face: Box
    model_label: Label
    confidence: Confidence
    face_confidence: Confidence | None = None
    model_version: int = Field(ge=0)
    detector: _Printable
    why: Why
    violation: _Printable | None = None
    label: ReviewLabel | None = None  # the operator's
    labelled_at: AwareDatetime | None = None

    @model_validator(mode="after")
    def _boxes_have_an_area(self) -> "ReviewItem":
        for box in (self.box, self.face):
            if not all(map(math.isfinite, box)) or box.width <= 0 or box.height <= 0:
                raise ValueError("a box must have an area")
        return self

    @model_validator(mode="after")
    def _is_of_our_time(self) -> "ReviewItem":
        # Instants at the ends of the calendar cannot be shown in every time zone.
        if not _FIRST_YEAR <= self.captured_at.year <= _LAST_YEAR:
            raise ValueError(f"must be captured between {_FIRST_YEAR} and {_LAST_YEAR}")
        return self

    @property
    def cluster(self) -> str:
        """A name that faces of one camera and ten minutes share: they may show one person."""
        return f"{self.camera}-{int(self.captured_at.timestamp()) // _CLUSTER_S}"


def unsure_item(result: FrameResult, index: int, face: Box) -> ReviewItem:
    """The item of a detection that the model was unsure of; the same frame gives the same id on every replay."""
    detection: Detection = result.detections[index]
    place = f"{result.epoch}-{result.sequence}-{index}"
    return ReviewItem(
        id=f"{result.camera}-{result.captured_at:%Y%m%dT%H%M%S}-{place}-unsure",
        camera=result.camera,
        captured_at=result.captured_at,
        epoch=result.epoch,
        sequence=result.sequence,
        box=detection.box,
        face=face,
        model_label=detection.label,
        confidence=detection.confidence,
        face_confidence=detection.face_confidence,
        model_version=result.model_version,
        detector=result.detector,
        why=Why.LOW_CONFIDENCE,
    )


def wrong_item(violation: Violation, face: Box) -> ReviewItem:
    """The item of a violation's snapshot that an operator marked as wrong."""
    return ReviewItem(
        id=wrong_id(violation),
        camera=violation.camera,
        captured_at=violation.opened_at,
        box=violation.box,
        face=face,
        model_label=violation.label,
        confidence=violation.confidence,
        model_version=violation.model_version,
        detector=violation.detector,
        why=Why.MARKED_WRONG,
        violation=violation.id[:200],
    )


def wrong_id(violation: Violation) -> str:
    """The id of that item."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", violation.id)[:200] + "-wrong"
