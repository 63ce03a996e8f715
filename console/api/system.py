"""What the system does right now."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from console.status_json import SystemStatus, system_status
from console.web.context import Context

Asked = Annotated[
    list[Annotated[int, Field(ge=1)]] | None,
    Query(max_length=16, description="Numbers of cameras like the present ones: what they need is in `headroom`."),
]

router = APIRouter(prefix="/system", tags=["system"])


@router.get("", operation_id="getSystem")
def system(context: Context, cameras: Asked = None) -> SystemStatus:
    """Cameras, workers, frames waiting and room for more cameras: what `maskwatch status --json` prints."""
    return system_status(context.overview(), cameras or ())
