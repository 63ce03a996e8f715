"""Faces that the model is unsure of or was wrong about, and what a person says of them."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query

from console import reviewing
from console.api.answers import JpegResponse
from console.api.bodies import Body, Line
from console.errors import NotFound
from console.web.context import ApiContext, Context
from shared.messages import Message
from shared.review import ReviewFolder
from shared.review_item import ReviewItem, ReviewLabel

router = APIRouter(prefix="/review", tags=["review"])


class ReviewList(Message):
    """Faces to look at, oldest first."""

    items: tuple[ReviewItem, ...]


class LabelRequest(Body):
    """What a face is; a second label takes the place of the first, and null takes back what was said."""

    label: ReviewLabel | None


@router.get("", operation_id="listReview")
def review(
    context: Context,
    camera: Annotated[Line | None, Query(description="Only of this camera.")] = None,
    unlabelled: Annotated[bool, Query(description="Only those without a label.")] = False,
) -> ReviewList:
    """Faces as `maskwatch review list --json` prints them; none where the system keeps none."""
    if context.review is None:
        return ReviewList(items=())
    return ReviewList(items=tuple(reviewing.Choice(camera=camera, is_unlabelled=unlabelled).among(context.review)))


@router.get("/{face}/picture", operation_id="getReviewPicture", response_class=JpegResponse)
def picture(context: Context, face: str) -> JpegResponse:
    """A face with some surroundings."""
    folder, item = _found(context, face)
    jpeg = folder.picture(item)
    if jpeg is None:
        raise NotFound(f"the picture of {face} is gone")
    return JpegResponse(jpeg)


@router.post("/{face}/label", operation_id="labelReview")
def label(context: Context, face: str, body: LabelRequest) -> ReviewItem:
    """Say what a face is; the next training learns from it."""
    folder, item = _found(context, face)
    return folder.label(item, body.label, datetime.now(UTC))


@router.delete("/{face}", operation_id="eraseReview", status_code=204)
def erase(context: Context, face: str) -> None:
    """Erase a face for good, labelled or not."""
    folder, item = _found(context, face)
    folder.erase(item.id)


def _found(context: ApiContext, face: str) -> tuple[ReviewFolder, ReviewItem]:
    if context.review is None:
        raise NotFound("the system keeps no faces for review")
    (item,) = reviewing.find_items(context.review, [face])
    return context.review, item
