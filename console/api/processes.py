"""Which processes live."""

from fastapi import APIRouter

from console import processes
from console.processes import ProcessDetails
from console.web.context import Context

router = APIRouter(prefix="/processes", tags=["system"])


@router.get("", operation_id="listProcesses")
def live(context: Context) -> list[ProcessDetails]:
    """Producers, workers, events workers, trainers and consoles that spoke lately, by id."""
    return processes.live(context.system.servers.state)
