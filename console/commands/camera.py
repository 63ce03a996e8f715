"""`maskwatch camera`: which cameras a system watches."""

import json
from dataclasses import replace
from typing import Annotated

import typer
from rich.console import Console

from console.cameras.options import (
    CameraArgument,
    ExcludeOption,
    JsonOption,
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
from console.commands import camera_change, camera_files, camera_probe, camera_zones
from console.finding import DataOption, RedisOption, running_system
from shared.cameras import Motion

app = typer.Typer(help="Attach, change, list, remove and test cameras.", no_args_is_help=True)

FpsOption = Annotated[float | None, typer.Option("--fps", min=0.01, max=240, help="Frames a second to take.")]
MotionOption = Annotated[
    Motion | None,
    typer.Option("--motion", help="How readily a change sends a frame; medium for live cameras unless set otherwise."),
]


def add(  # noqa: PLR0913 - each is an option
    camera: Annotated[str, typer.Argument(help="ID=SOURCE, or the id alone.", metavar="ID=SOURCE")],
    source: Annotated[
        str | None, typer.Argument(help="The source, when the id stands alone.", metavar="SOURCE")
    ] = None,
    *,
    fps: FpsOption = None,
    zone: ZoneOption = None,
    exclude: ExcludeOption = None,
    motion: MotionOption = None,
    transport: TransportOption = None,
    loop: LoopOption = False,
    watch: WatchOption = False,
    login_env: LoginEnvOption = None,
    login_file: LoginFileOption = None,
    login_ask: LoginAskOption = False,
    data: DataOption = None,
    redis: RedisOption = None,
) -> None:
    """Watch a camera, or change what an id stands for.

    A camera that is there already as given stays as it is. A login in the address is stored encrypted.

    Example: maskwatch camera add gate rtsp://10.0.0.9/stream --login-ask --fps 5
    """
    from console import attaching  # noqa: PLC0415 - only some commands need it
    from console.cameras import adding, parsing, zone_texts  # noqa: PLC0415
    from console.cameras.wishes import Wish  # noqa: PLC0415

    wish = parsing.split(camera) if source is None else Wish(camera, source)
    wish = replace(
        wish,
        source=source_of(wish.source, loop=loop, watch=watch),
        fps=fps,
        zones=zone_texts.parse_all(zone, exclude),
        motion=motion,
        transport=transport or "tcp",
    )
    wish = adding.checked(wish)
    wish = adding.with_login(wish, login_of(login_env, login_file, ask=login_ask))
    with running_system(data, redis) as system:
        attached = attaching.attach(system.servers.state, system.keys, wish)
    typer.echo(f"{attached.id} is attached to {attached.redacted_source}")


def list_(as_json: JsonOption = False, data: DataOption = None, redis: RedisOption = None) -> None:
    """The cameras: a table, or where no terminal is there a line each: id, state and source, with tabs between."""
    from console import overview  # noqa: PLC0415 - only some commands need it
    from console.cameras import facts  # noqa: PLC0415

    with running_system(data, redis) as system:
        found = overview.read(system.servers, system.keys)
    console = Console()
    if as_json:
        typer.echo(json.dumps([facts.listed(each, found).model_dump(mode="json") for each in found.cameras]))
    elif console.is_terminal:
        console.print(facts.table(found))
    else:
        for each in found.cameras:
            typer.echo(f"{each.camera.id}\t{each.state}\t{each.camera.redacted_source}")


def show(
    camera: CameraArgument, as_json: JsonOption = False, data: DataOption = None, redis: RedisOption = None
) -> None:
    """Everything that is known of one camera."""
    from console import overview  # noqa: PLC0415 - only some commands need it
    from console.cameras import facts  # noqa: PLC0415

    with running_system(data, redis) as system:
        found = overview.read(system.servers, system.keys)
    each = facts.one(found, camera)
    if as_json:
        typer.echo(json.dumps(facts.shown(each, found).model_dump(mode="json")))
        return
    for line in facts.lines(each, found):
        typer.echo(line)


def remove(
    cameras: Annotated[list[str], typer.Argument(help="Ids of cameras.", metavar="ID...")],
    data: DataOption = None,
    redis: RedisOption = None,
) -> None:
    """Watch cameras no more; their counts and violations stay. All of them or, when one is not there, none."""
    from console.cameras import changing  # noqa: PLC0415 - only some commands need it

    with running_system(data, redis) as system:
        for settled in changing.remove(system, cameras):
            typer.echo(settled.as_line)


# In the order in which the help lists them.
for name, command in (
    ("add", add),
    ("set", camera_change.set_),
    ("list", list_),
    ("show", show),
    ("remove", remove),
    ("test", camera_probe.test),
    ("zones", camera_zones.zones),
    ("import", camera_files.import_),
    ("export", camera_files.export),
):
    app.command(name)(command)
