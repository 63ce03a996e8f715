"""Who was seen without a mask, and what a person says of it."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from console.api.answers import JpegResponse
from console.api.bodies import Body, Line
from console.errors import NotFound
from console.violation_log import ViolationLog
from console.violations.choice import choice_of, chosen
from console.violations.dismissing import MAX_REASON, Dismissing
from console.violations.records import Record, Records
from console.violations.showing import ViolationRecord, as_message
from console.web.context import ApiContext, Context
from shared.messages import Label, Message
from shared.snapshot_store import Kind

router = APIRouter(prefix="/violations", tags=["violations"])


class ViolationList(Message):
    """The newest of those that were asked for, oldest first."""

    violations: tuple[ViolationRecord, ...]
    unreadable: int = Field(description="Records that cannot be read and are left out.")


class DismissalRequest(Body):
    """Why it is none."""

    reason: str = Field(default="", max_length=MAX_REASON)
    label: Literal["with_mask", "not_a_face"] | None = Field(default=None, description="What the face is.")


class Judgement(Message):
    """A violation after a person said something of it."""

    violation: ViolationRecord
    said: str = Field(description="What was done, in words.")


@router.get("", operation_id="listViolations")
def violations(  # noqa: PLR0913 - each is a parameter
    context: Context,
    *,
    camera: Annotated[list[Line], Query(description="Only of this camera; several times.")] = [],  # noqa: B006 - read only
    since: Annotated[Line | None, Query(description="Only opened from then on: 2h, 7d, or 2026-11-23T08:00.")] = None,
    until: Annotated[Line | None, Query(description="Only opened before then, likewise.")] = None,
    zone: Annotated[Line | None, Query(description="Only those that opened in this zone.")] = None,
    label: Annotated[Literal["without_mask", "incorrect_mask"] | None, Query(description="Only these.")] = None,
    is_open: Annotated[
        bool | None, Query(alias="open", description="Only those that go on, or only the others.")
    ] = None,
    dismissed: Annotated[bool | None, Query(description="Only those dismissed, or only the others.")] = None,
    min_confidence: Annotated[float, Query(ge=0, le=1, description="Only as sure as that.")] = 0.0,
    limit: Annotated[int, Query(ge=1, le=1_000, description="Only the newest so many.")] = 100,
) -> ViolationList:
    """Violations as `maskwatch violations --json` prints them."""
    state = None if is_open is None else "open" if is_open else "ended"
    choice = choice_of(camera, (since, until), (zone, label, state), dismissed, min_confidence, prefix="")
    records = Records(context.system.servers.state, context.system.keys)
    found = chosen(records, choice)[-limit:]
    return ViolationList(violations=tuple(map(as_message, found)), unreadable=records.unreadable)


@router.get("/{violation}", operation_id="getViolation")
def violation(context: Context, violation: str) -> ViolationRecord:
    """One violation, also of a camera that was removed."""
    return as_message(_record(context, violation))


@router.get("/{violation}/pictures/{kind}", operation_id="getViolationPicture", response_class=JpegResponse)
def picture(context: Context, violation: str, kind: Kind) -> JpegResponse:
    """The best picture of the face, or all that the camera saw then; kept for days only."""
    system = context.system
    record = _record(context, violation)
    jpeg = ViolationLog(system.servers.state, system.keys, system.pictures).snapshot(record.violation, kind)
    if jpeg is None:
        raise NotFound(f"the {kind} picture of {violation} has expired or was never taken")
    return JpegResponse(jpeg)


@router.post("/{violation}/dismiss", operation_id="dismissViolation")
def dismiss(context: Context, violation: str, body: DismissalRequest) -> Judgement:
    """Mark it as false: it no longer counts as confirmed, and its face comes up for review."""
    label = Label.WITH_MASK if body.label == "with_mask" else body.label
    record = _record(context, violation)
    said = _dismissing(context).dismiss(record, body.reason, label, datetime.now(UTC))
    return Judgement(violation=as_message(_record(context, violation)), said=said)


@router.post("/{violation}/restore", operation_id="restoreViolation")
def restore(context: Context, violation: str) -> Judgement:
    """Take a dismissal back: it counts again, and its face leaves the review folder."""
    said = _dismissing(context).restore(_record(context, violation))
    return Judgement(violation=as_message(_record(context, violation)), said=said)


def _record(context: ApiContext, violation_id: str) -> Record:
    (record,) = Records(context.system.servers.state, context.system.keys).find([violation_id])
    return record


def _dismissing(context: ApiContext) -> Dismissing:
    system = context.system
    return Dismissing(system.servers.state, system.keys, context.review, system.pictures)
