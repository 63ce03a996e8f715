"""What the system does right now."""

from fastapi import APIRouter

from console.status_json import SystemStatus, system_status
from console.web.context import Context

router = APIRouter(prefix="/system", tags=["system"])


@router.get("", operation_id="getSystem")
def system(context: Context) -> SystemStatus:
    """Cameras, workers and frames waiting: what `maskwatch status --json` prints."""
    return system_status(context.overview())
