"""All cameras in one YAML file. It has a path of its own: below /cameras each name may be a camera's."""

from typing import Annotated, Any

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Query
from pydantic import Field, model_validator
from starlette.responses import Response

from console import attaching, overview
from console.api.bodies import Body
from console.attaching import Settled, Verb
from console.cameras import camera_files, importing, keys
from console.cameras.logins import is_other_host
from console.cameras.wishes import Wish
from console.errors import BadInput
from console.web.context import ApiContext, Context
from shared.cameras import Camera
from shared.messages import Message

_TEXT: dict[str, Any] = {"schema": {"type": "string"}}
_AT_ONCE = CapacityLimiter(1)  # a long file takes seconds to read

router = APIRouter(prefix="/camera-file", tags=["cameras"])


class YamlResponse(Response):
    """A file of cameras."""

    media_type = "application/yaml"


class CameraFile(Body):
    """A file as `maskwatch camera export` writes it; it may as well be the body itself, as application/yaml."""

    yaml: str = Field(description="`cameras:`, and under it each camera's id.")

    @model_validator(mode="before")
    @classmethod
    def _is_text(cls, body: object) -> object:
        if not isinstance(body, bytes):
            return body
        try:
            return {"yaml": body.decode()}
        except UnicodeDecodeError:
            raise ValueError("this is no text in UTF-8") from None


class ImportedCamera(Message):
    """What became of a camera."""

    id: str
    outcome: Verb
    said: str = Field(description="The same in words, with what was changed.")


class ImportAnswer(Message):
    """What became of all of them, first those of the file."""

    cameras: tuple[ImportedCamera, ...]


@router.get("", operation_id="exportCameras", response_class=YamlResponse)
def export(context: Context) -> YamlResponse:
    """All cameras as `maskwatch camera export` writes them; logins stand in it sealed."""
    text = camera_files.written(overview.cameras(context.system.servers.state))
    return YamlResponse(text, headers={"Content-Disposition": 'attachment; filename="cameras.yaml"'})


@router.post(
    "",
    operation_id="importCameras",
    openapi_extra={"requestBody": {"content": {"application/yaml": _TEXT, "text/yaml": _TEXT}}},
)
async def import_(
    context: Context,
    body: CameraFile,
    *,
    prune: Annotated[bool, Query(description="Remove cameras that are not in the file.")] = False,
    dry_run: Annotated[bool, Query(description="Say what would change, and change nothing.")] = False,
) -> ImportAnswer:
    """Attach and change cameras as a file says: all of them or, when anything in it is wrong, none."""
    settled = await to_thread.run_sync(_imported, context, body.yaml, prune, dry_run, limiter=_AT_ONCE)
    return ImportAnswer(
        cameras=tuple(ImportedCamera(id=each.camera.id, outcome=each.verb, said=each.as_line) for each in settled)
    )


def _imported(context: ApiContext, text: str, prune: bool, is_rehearsal: bool) -> list[Settled]:
    state = context.system.servers.state
    wishes = camera_files.read(text)
    planned = importing.plan(wishes, keys.key_here(state, context.system.data), prune=prune)

    def plan(known: attaching.Known) -> attaching.Plan:
        for wish in wishes:
            _check_login(wish, known.get(wish.id))
        return planned(known)

    return attaching.settle(state, context.system.keys, plan, is_rehearsal=is_rehearsal)


def _check_login(wish: Wish, known: Camera | None) -> None:
    """Refuse a login's place that is not there already: any file of the producers' machine could be sent anywhere."""
    is_kept = known is not None and known.login == wish.login and not is_other_host(known.source, wish.source)
    if wish.login and not is_kept:
        raise BadInput(
            f"camera {wish.id}: where a login is, in a file or in the environment, is said on the command line only; "
            "give the login itself in the address"
        )
