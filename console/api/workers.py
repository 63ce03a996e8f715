"""How many workers judge frames."""

from fastapi import APIRouter
from pydantic import Field

from console import scaling
from console.api.bodies import Body
from console.scaling import WorkerFleet
from console.web.context import Context
from deploy.local.system import MAX_WORKERS

router = APIRouter(prefix="/workers", tags=["workers"])


class Wanted(Body):
    """How many workers to run on each machine."""

    wanted: int = Field(ge=1, le=MAX_WORKERS)


@router.get("", operation_id="getWorkers")
def workers(context: Context) -> WorkerFleet:
    """How many are wanted, and those that spoke lately."""
    return scaling.fleet(context.system.servers.state)


@router.put("", operation_id="scaleWorkers")
def scale(context: Context, body: Wanted) -> WorkerFleet:
    """Run more or fewer from now on, as `maskwatch scale` does."""
    scaling.scale(context.system.servers.state, body.wanted)
    return scaling.fleet(context.system.servers.state)
