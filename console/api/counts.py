"""What was counted, and what could not be seen."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from console.api.bodies import Line
from console.counting.answering import CountsAnswer
from console.counting.asking import Question, told
from console.web.context import Context

router = APIRouter(prefix="/counts", tags=["counts"])


@router.get("", operation_id="getCounts")
def counts(
    context: Context,
    camera: Annotated[Line | None, Query(description="Only of this camera.")] = None,
    since: Annotated[Line, Query(description="From then on: 90s, 30m, 2h, 7d, or 2026-11-23T08:00.")] = "24h",
    until: Annotated[Line | None, Query(description="Only before then, likewise; now by default.")] = None,
    by: Annotated[Literal["hour", "day"] | None, Query(description="Tell hours or days apart.")] = None,
) -> CountsAnswer:
    """People, violations and compliance, with what could not be seen or judged.

    Counts are kept by the quarter of an hour: the one in which a time falls counts as a whole.
    """
    question = Question(camera, since, until, by, prefix="")
    return told(context.system, context.overview(), question).as_message
