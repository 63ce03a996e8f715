"""`maskwatch camera set`: change one thing of a camera and leave the rest."""

from typing import Annotated, Literal

import typer

from console.cameras.options import (
    CameraArgument,
    ExcludeOption,
    LoginAskOption,
    LoginEnvOption,
    LoginFileOption,
    LoopOption,
    TransportOption,
    WatchOption,
    ZoneOption,
    login_of,
    source_of,
)
from console.errors import BadInput
from console.finding import DataOption, RedisOption, running_system


def set_(  # noqa: PLR0913 - each is an option
    camera: CameraArgument,
    *,
    source: Annotated[str | None, typer.Option("--source", help="Another file, folder or address.")] = None,
    fps: Annotated[
        str | None, typer.Option("--fps", help="Frames a second to take, or default.", metavar="FPS|default")
    ] = None,
    zone: ZoneOption = None,
    exclude: ExcludeOption = None,
    no_zones: Annotated[bool, typer.Option("--no-zones", help="The whole picture counts.")] = False,
    motion: Annotated[
        Literal["off", "low", "medium", "high", "default"] | None,
        typer.Option("--motion", help="How readily a change sends a frame."),
    ] = None,
    transport: TransportOption = None,
    loop: LoopOption = False,
    watch: WatchOption = False,
    login_env: LoginEnvOption = None,
    login_file: LoginFileOption = None,
    login_ask: LoginAskOption = False,
    no_login: Annotated[bool, typer.Option("--no-login", help="Open the camera without a login.")] = False,
    data: DataOption = None,
    redis: RedisOption = None,
) -> None:
    """Change what is given of a camera, while it runs; the rest stays. Zones given take the place of all others.

    Example: maskwatch camera set gate --fps 2 --motion low
    """
    from console.cameras import zone_texts  # noqa: PLC0415 - only some commands need it
    from console.cameras.changes import Changes  # noqa: PLC0415
    from console.cameras.changing import change  # noqa: PLC0415

    if no_login and (login_env or login_file or login_ask):
        raise BadInput("give --no-login or a login, not both")
    if no_zones and (zone or exclude):
        raise BadInput("give --no-zones or zones, not both")
    if (loop or watch) and source is None:
        raise BadInput("--loop and --watch go with --source PATH")
    zones = zone_texts.parse_all(zone, exclude)
    changes = Changes(
        source=None if source is None else source_of(source, loop=loop, watch=watch),
        fps=_rate(fps),
        motion=motion,
        transport=transport,
        zones=zones if zones or no_zones else None,
        login=login_of(login_env, login_file, ask=login_ask),
        drops_login=no_login,
    )
    if changes.is_empty:
        raise BadInput("nothing to change is given; see `maskwatch camera set --help`")
    with running_system(data, redis) as system:
        settled = change(system, camera, changes)
    typer.echo(settled.as_line)


def _rate(text: str | None) -> "float | Literal['default'] | None":
    if text is None or text == "default":
        return text  # type: ignore[return-value]
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not 0.01 <= rate <= 240:
        raise BadInput(f"--fps is {text!r}: give frames a second, 0.01 to 240, such as 5, or default")
    return rate
