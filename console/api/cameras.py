"""Which cameras the system watches."""

import base64
from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter

from console.api.answers import JpegResponse
from console.api.camera_bodies import CameraChanges, NewCamera, TestRequest
from console.cameras import adding, changing, facts
from console.cameras.messages import CameraDetails, CameraProbe, CameraSummary
from console.errors import BadInput
from console.web.context import ApiContext, Context
from shared.cameras import Camera

_TIMEOUT_S = 5.0  # for a source to give a picture
# Each holds a connection, a decoder and a thread for seconds; whoever comes later waits.
_AT_ONCE = CapacityLimiter(3)
_T = TypeVar("_T")

router = APIRouter(prefix="/cameras", tags=["cameras"])


@router.get("", operation_id="listCameras")
def cameras(context: Context) -> list[CameraSummary]:
    """All cameras by id, as `maskwatch camera list --json` prints them."""
    now = context.overview()
    return [facts.listed(each, now) for each in now.cameras]


@router.post("", operation_id="addCamera", status_code=201)
def add(context: Context, body: NewCamera) -> CameraDetails:
    """Watch a camera; 409 where the id stands for one already."""
    wish = adding.checked(body.as_wish)
    adding.add_new(context.system, adding.with_login(wish, body.login.as_login if body.login else None))
    return _shown(context, body.id)


@router.post("/test", operation_id="testCamera")
async def test(context: Context, body: TestRequest) -> CameraProbe:
    """Open a source, say what it gives and show a picture; takes up to eight seconds. 409 says why it cannot."""
    return await _slowly(lambda: _tested(context, body))


@router.get("/{camera}", operation_id="getCamera")
def show(context: Context, camera: str) -> CameraDetails:
    """All that is known of a camera."""
    return _shown(context, camera)


@router.patch("/{camera}", operation_id="changeCamera")
def change(context: Context, camera: str, body: CameraChanges) -> CameraDetails:
    """Change what is given while the camera runs; the rest stays."""
    changes = body.as_changes
    if changes.is_empty:
        raise BadInput("nothing to change is given")
    changing.change(context.system, camera, changes)
    return _shown(context, camera)


@router.delete("/{camera}", operation_id="removeCamera", status_code=204)
def remove(context: Context, camera: str) -> None:
    """Watch it no more; its counts and violations stay."""
    changing.remove(context.system, [camera])


@router.get("/{camera}/still", operation_id="getCameraStill", response_class=JpegResponse)
async def still(context: Context, camera: str) -> JpegResponse:
    """Its newest picture; a camera of which there is none is opened for one."""
    known = await to_thread.run_sync(changing.known_camera, context.system, camera)
    jpeg = await to_thread.run_sync(_waiting, context, known)
    return JpegResponse(jpeg or await _slowly(lambda: _taken(context, known)))


def _shown(context: ApiContext, camera: str) -> CameraDetails:
    now = context.overview()
    return facts.shown(facts.one(now, camera), now)


def _tested(context: ApiContext, body: TestRequest) -> CameraProbe:
    from console.cameras import probing  # noqa: PLC0415 - loads the video libraries

    if body.camera is not None:
        subject = probing.of_camera(context.system, body.camera, body.transport)
    else:
        subject = probing.of_source(body.source or "", body.login.as_login if body.login else None, body.transport)
    report = probing.look(subject, _TIMEOUT_S)
    return probing.told(report, f"data:image/jpeg;base64,{base64.b64encode(report.still).decode()}")


def _waiting(context: ApiContext, camera: Camera) -> bytes | None:
    from console.cameras import stills  # noqa: PLC0415 - loads the picture libraries

    return stills.waiting(context.system, camera)


def _taken(context: ApiContext, camera: Camera) -> bytes:
    from console.cameras import stills  # noqa: PLC0415 - loads the picture libraries

    return stills.taken(context.system, camera)


async def _slowly(work: Callable[[], _T]) -> _T:
    """Do what opens a camera in a thread, a few at once."""
    return await to_thread.run_sync(work, limiter=_AT_ONCE)
