"""Cameras with overlapping views, counted as one."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from console.api.bodies import Body
from console.areas import declaring
from console.areas.reading import AreaFigures, read_all, read_one
from console.errors import BadInput
from console.web.context import Context
from shared.areas import DEFAULT_WINDOW_S, MAX_CAMERAS, AreaName, WindowS
from shared.messages import CameraId

router = APIRouter(prefix="/areas", tags=["areas"])

Members = Annotated[tuple[CameraId, ...], Field(min_length=2, max_length=MAX_CAMERAS)]


class NewArea(Body):
    """Cameras that see the same people."""

    name: AreaName
    cameras: Members
    window_s: WindowS = Field(
        default=DEFAULT_WINDOW_S, description="By how many seconds two views of one person may miss each other."
    )


class AreaChanges(Body):
    """What is given is changed, the rest stays."""

    cameras: Members | None = Field(default=None, description="All its cameras.")
    window_s: WindowS | None = None


@router.get("", operation_id="listAreas")
def areas(context: Context) -> list[AreaFigures]:
    """All areas by name, with what they counted."""
    return [each.as_message for each in read_all(context.system.servers.state)]


@router.post("", operation_id="addArea", status_code=201)
def add(context: Context, body: NewArea) -> AreaFigures:
    """Count what several cameras see as one from now on; 409 where the name is taken."""
    state = context.system.servers.state
    declaring.add(state, body.name, body.cameras, body.window_s)
    return read_one(state, body.name).as_message


@router.get("/{area}", operation_id="getArea")
def show(context: Context, area: str) -> AreaFigures:
    """One area."""
    return read_one(context.system.servers.state, area).as_message


@router.patch("/{area}", operation_id="changeArea")
def change(context: Context, area: str, body: AreaChanges) -> AreaFigures:
    """Change its cameras or its window; what was counted stays."""
    if body.cameras is None and body.window_s is None:
        raise BadInput("nothing to change is given")
    state = context.system.servers.state
    declaring.change(state, area, body.cameras or (), body.window_s)
    return read_one(state, area).as_message


@router.delete("/{area}", operation_id="removeArea", status_code=204)
def remove(context: Context, area: str) -> None:
    """Count it as one no longer; its cameras go on."""
    declaring.remove(context.system.servers.state, area)
