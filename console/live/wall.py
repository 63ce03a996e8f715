"""The WebSocket over which a page is shown live pictures."""

import asyncio
import contextlib

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from console.live import reducing
from console.live.hub import MAX_CAMERAS, Hub, Viewer
from shared.messages import CameraId

router = APIRouter()
_NOT_UNDERSTOOD = 1007


class Wanted(BaseModel):
    """What a page wants to see: cameras, and how wide it draws them, in pixels; 0 is as wide as they are."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    cameras: frozenset[CameraId] = Field(default=frozenset(), max_length=MAX_CAMERAS)
    width: int = Field(default=0, ge=0, le=16_384)


@router.websocket("/live")
async def live(socket: WebSocket) -> None:
    """Send pictures of the cameras that the page names, until it leaves."""
    hub: Hub = socket.app.state.hub
    await socket.accept()
    viewer = Viewer(asyncio.get_running_loop())
    sending = asyncio.create_task(_send(socket, viewer))
    hub.add(viewer)
    try:
        while True:
            wanted = Wanted.model_validate_json(await socket.receive_text())
            viewer.cameras = wanted.cameras
            viewer.width = reducing.width_for(wanted.width) if wanted.width else reducing.FULL
    except ValidationError:
        await socket.close(_NOT_UNDERSTOOD, "send the cameras to show, and their width")
    except (WebSocketDisconnect, KeyError):  # a KeyError where bytes come instead of text
        pass
    finally:
        hub.remove(viewer)
        sending.cancel()
        with contextlib.suppress(asyncio.CancelledError, WebSocketDisconnect, RuntimeError):
            await sending


async def _send(socket: WebSocket, viewer: Viewer) -> None:
    while True:
        for message in await viewer.next():
            await socket.send_bytes(message)
