"""Violations and faces are erased for good."""

import time
from datetime import datetime
from typing import Annotated

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter
from pydantic import Field

from console.api.bodies import Body, Line
from console.errors import BadInput, Unavailable
from console.violations.choice import parse_times
from console.violations.erasing import Doomed, Erasing, Time, of_ids, of_time
from console.violations.records import Records
from console.web.context import ApiContext, Context
from shared.messages import Message
from shared.review import ReviewFolder
from shared.snapshot_store import StoreUnreachable

_LONGEST_S = 20.0  # of a request; what is left then is for the next one
_AT_ONCE = CapacityLimiter(1)
_Times = tuple[datetime | None, datetime | None]

router = APIRouter(tags=["violations"])


class EraseRequest(Body):
    """What to erase: ids alone, or all of a camera, of a time, or of both."""

    ids: Annotated[tuple[Line, ...], Field(max_length=1_000, description="Ids of violations.")] = ()
    camera: Line | None = Field(default=None, description="All of this camera, also of one that was removed.")
    since: Line | None = Field(default=None, description="All who were seen from then on: 2h, or 2026-11-23T08:00.")
    until: Line | None = Field(default=None, description="All who were seen up to then, likewise.")
    confirm: bool = Field(default=False, description="Without it nothing is erased, and the error says what would be.")


class Erased(Message):
    """What is gone; what was counted stays counted."""

    violations: int
    pictures: bool = Field(description="Whether their pictures are gone too; false where the console knows no store.")
    faces: int = Field(description="Faces for review.")
    left: int = Field(description="Violations that are still there: send the same again until it is 0.")


@router.post("/erase", operation_id="erase")
async def erase(context: Context, body: EraseRequest) -> Erased:
    """Erase violations with their pictures and faces for review, as `maskwatch erase` does; 20 s at most at a time."""
    if bool(body.ids) == any((body.camera, body.since, body.until)):
        raise BadInput("say what to erase: ids alone, or camera, since, until")
    times = parse_times(body.since, body.until, prefix="")
    return await to_thread.run_sync(_erase, context, body, times, limiter=_AT_ONCE)


def _erase(context: ApiContext, body: EraseRequest, times: _Times) -> Erased:
    folder = _folder(context)
    records = Records(context.system.servers.state, context.system.keys)
    doomed = of_ids(records, folder, body.ids) if body.ids else of_time(records, folder, Time(body.camera, *times))
    if not body.confirm:
        raise BadInput(f'this would erase {doomed.as_text}: send it again with "confirm": true')
    return _erased(Erasing(context.system.servers.state, context.system.keys, folder, context.system.pictures), doomed)


def _erased(work: Erasing, doomed: Doomed) -> Erased:
    gone, end = 0, time.monotonic() + _LONGEST_S
    try:
        for portion in work.erase(doomed):
            gone += portion
            if time.monotonic() > end:
                break
    except StoreUnreachable as error:
        raise Unavailable(f"{error}; not all is erased: do it again") from error
    return Erased(
        violations=gone,
        pictures=work.pictures is not None,
        faces=len(doomed.faces),
        left=len(doomed.records) - gone,
    )


def _folder(context: ApiContext) -> ReviewFolder | None:
    """Where faces for review are, or were while the system still kept some."""
    if context.review is not None or context.system.data is None:
        return context.review
    return ReviewFolder(context.system.data.review)
