"""Violations as a file, for spreadsheets and programs."""

from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import StreamingResponse

from console.api.violation_choice import Asked
from console.violations import exporting
from console.violations.choice import chosen
from console.violations.exporting import Format
from console.violations.records import Records
from console.web.context import Context

_MEDIA_TYPES: dict[Format, str] = {"csv": "text/csv", "json": "application/json", "jsonl": "application/x-ndjson"}
_SCHEMAS: dict[Format, dict[str, Any]] = {
    "csv": {"type": "string"},
    "json": {"type": "array", "items": {"$ref": "#/components/schemas/ViolationRecord"}},
    "jsonl": {"type": "string"},
}
_CONTENT = {_MEDIA_TYPES[form]: {"schema": schema} for form, schema in _SCHEMAS.items()}
_PORTION = 500  # records that are sent at once

router = APIRouter(prefix="/violations", tags=["violations"])


# No violation is called `export`: an id has a camera and three numbers in it.
@router.get(
    "/export",
    operation_id="exportViolations",
    response_class=StreamingResponse,
    responses={200: {"description": "The file.", "content": _CONTENT}},
)
def export(
    context: Context,
    choice: Asked,
    form: Annotated[Format, Query(alias="format", description="What the file holds.")] = "csv",
) -> StreamingResponse:
    """All violations that are asked for, as `maskwatch violations export` writes them: oldest first, times in UTC.

    The header `X-Unreadable-Records` says how many records cannot be read and are left out.
    """
    records = Records(context.system.servers.state, context.system.keys)
    found = chosen(records, choice)
    headers = {
        "Content-Disposition": f'attachment; filename="violations.{form}"',
        "X-Unreadable-Records": str(records.unreadable),
    }
    return StreamingResponse(_portions(exporting.lines(found, form)), media_type=_MEDIA_TYPES[form], headers=headers)


def _portions(lines: Iterator[str]) -> Iterator[str]:
    while portion := "".join(islice(lines, _PORTION)):
        yield portion
