"""Who was seen without a mask, and what a person says of it."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from console.api.answers import JpegResponse
from console.api.bodies import Body
from console.api.violation_choice import Asked
from console.errors import NotFound
from console.violation_log import ViolationLog
from console.violations.choice import chosen
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
def violations(
    context: Context,
    choice: Asked,
    limit: Annotated[int, Query(ge=1, le=1_000, description="Only the newest so many.")] = 100,
) -> ViolationList:
    """Violations as `maskwatch violations --json` prints them."""
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
