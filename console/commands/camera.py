"""`maskwatch camera`: which cameras a system watches."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from console.errors import BadInput, CommandFailed
from console.finding import DataOption, RedisOption, running_system

app = typer.Typer(help="Add, list, show, remove and test cameras.", no_args_is_help=True)

CameraArgument = Annotated[str, typer.Argument(help="The camera's id.", metavar="ID")]
FpsOption = Annotated[float | None, typer.Option("--fps", min=0.01, max=240, help="Frames a second to take.")]


@app.command()
def add(
    camera: Annotated[str, typer.Argument(help="ID=SOURCE, or the id alone.", metavar="ID=SOURCE")],
    source: Annotated[str | None, typer.Argument(help="The source, when the id stands alone.")] = None,
    fps: FpsOption = None,
    data: DataOption = None,
    redis: RedisOption = None,
) -> None:
    """Watch a camera, or change what an id stands for."""
    from console import attaching  # noqa: PLC0415 - only some commands need it

    wished = attaching.parse(camera, fps) if source is None else attaching.wish(camera, source, fps)
    attaching.check_source(wished)
    with running_system(data, redis) as system:
        attached = attaching.attach(system.servers.state, system.keys, wished)
    typer.echo(f"{attached.id} is attached to {attached.redacted_source}")


@app.command("list")
def list_(data: DataOption = None, redis: RedisOption = None) -> None:
    """The cameras, one a line."""
    from console import overview  # noqa: PLC0415 - only some commands need it

    with running_system(data, redis) as system:
        found = overview.read(system.servers, system.keys)
    for each in found.cameras:
        typer.echo(f"{each.camera.id}\t{each.state}\t{each.camera.redacted_source}")


@app.command()
def show(camera: CameraArgument, data: DataOption = None, redis: RedisOption = None) -> None:
    """Everything that is known of one camera."""
    from console import overview  # noqa: PLC0415 - only some commands need it
    from console.camera_facts import facts  # noqa: PLC0415

    with running_system(data, redis) as system:
        found = overview.read(system.servers, system.keys)
    each = next((each for each in found.cameras if each.camera.id == camera), None)
    if each is None:
        raise BadInput(f"there is no camera {camera!r}; see `maskwatch camera list`")
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in facts(each).items():
        table.add_row(name, value)
    Console().print(table, markup=False, soft_wrap=True)


@app.command()
def remove(camera: CameraArgument, data: DataOption = None, redis: RedisOption = None) -> None:
    """Watch a camera no more; its counts and violations stay."""
    from console import attaching  # noqa: PLC0415 - only some commands need it

    with running_system(data, redis) as system:
        was_there = attaching.detach(system.servers.state, camera)
    if not was_there:
        raise BadInput(f"there is no camera {camera!r}; see `maskwatch camera list`")
    typer.echo(f"{camera} is removed")


@app.command()
def test(
    source: Annotated[str, typer.Argument(help="What --camera would take behind the =.")],
    timeout: Annotated[float, typer.Option("--timeout", min=0.1, max=300, help="Seconds to wait.")] = 5.0,
) -> None:
    """Take one picture of a source, without a running system."""
    from producer import camera_test  # noqa: PLC0415 - loads the video libraries

    try:
        report = camera_test.probe(source, timeout)
    except camera_test.SourceError as error:
        raise CommandFailed(str(error)) from error
    rate = "unknown" if report.fps is None else f"{report.fps:g} frames/s"
    typer.echo(f"ok: {report.width}x{report.height}, {rate}, {report.codec}")
