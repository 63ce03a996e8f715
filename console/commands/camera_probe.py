"""`maskwatch camera test`: whether a source gives pictures, and which."""

import json
import re
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cameras.options import (
    JsonOption,
    LoginAskOption,
    LoginEnvOption,
    LoginFileOption,
    TransportOption,
    login_of,
)
from console.errors import BadInput, CommandFailed, NotFound
from console.finding import DataOption, RedisOption, running_system
from console.output_files import check_writable
from deploy.local.data_folder import NothingRuns
from shared.connections import ServerUnreachable

if TYPE_CHECKING:
    from console.cameras.logins import Login
    from console.cameras.probing import Subject
    from shared.cameras import Transport


def test(  # noqa: PLR0913 - each is an option
    source: Annotated[
        str, typer.Argument(help="What `camera add` would take, or the id of a camera that is attached.")
    ],
    *,
    transport: TransportOption = None,
    login_env: LoginEnvOption = None,
    login_file: LoginFileOption = None,
    login_ask: LoginAskOption = False,
    still: Annotated[
        Path | None,
        typer.Option("--still", help="Save the picture there; camera-test-....jpg by default.", metavar="FILE"),
    ] = None,
    no_still: Annotated[bool, typer.Option("--no-still", help="Save no picture.")] = False,
    as_json: JsonOption = False,
    timeout: Annotated[float, typer.Option("--timeout", min=0.1, max=300, help="Seconds to wait.")] = 5.0,
    data: DataOption = None,
    redis: RedisOption = None,
) -> None:
    """Open a source, say what it gives and save a picture; no system needs to run.

    With --login-env and --login-file the login is looked for on this machine.

    Example: maskwatch camera test rtsp://10.0.0.9/stream --login-ask
    """
    from console.cameras import probing  # noqa: PLC0415 - loads the video libraries

    if still is not None and no_still:
        raise BadInput("give --still or --no-still, not both")
    check_writable(still)
    login = login_of(login_env, login_file, ask=login_ask)
    try:
        subject = _subject(source, login, transport, data, redis)
        report = probing.look(subject, timeout)
    except CommandFailed as error:
        if as_json:
            typer.echo(json.dumps({"ok": False, "error": str(error)}))
        raise
    path = None if no_still else still or probing.still_name(subject, datetime.now().astimezone())
    if path is not None:
        _save(path, report.still)
    if as_json:
        typer.echo(json.dumps(probing.told(report, None if path is None else str(path)).model_dump(mode="json")))
        return
    typer.echo(probing.as_line(report))
    if path is not None:
        typer.echo(f"still: {path}")


def _subject(
    source: str, login: "Login | None", transport: "Transport | None", data: Path | None, redis: str | None
) -> "Subject":
    if login is None and _may_be_an_id(source):
        attached = _attached(source, transport, data, redis)
        if attached is not None:
            return attached
    from console.cameras import probing  # noqa: PLC0415

    return probing.of_source(source, login, transport)


def _may_be_an_id(source: str) -> bool:
    return bool(re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,62}", source)) and not Path(source).exists()


def _attached(camera_id: str, transport: "Transport | None", data: Path | None, redis: str | None) -> "Subject | None":
    from console.cameras import probing  # noqa: PLC0415 - only some calls need it

    # Without a word of a system, the name may as well be that of a file that is missing.
    is_guess = data is None and redis is None
    with (
        suppress(*((NothingRuns, ServerUnreachable) if is_guess else ()), NotFound),
        running_system(data, redis) as system,
    ):
        return probing.of_camera(system, camera_id, transport)
    return None


def _save(path: Path, still: bytes) -> None:
    try:
        path.write_bytes(still)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}") from error
