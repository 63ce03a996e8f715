"""`maskwatch area`: cameras with overlapping views are counted as one."""

import json
from typing import Annotated

import typer

from console.finding import DataOption, RedisOption, running_system

app = typer.Typer(help="Count cameras with overlapping views as one area.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(help="The area's name.", metavar="NAME")]
WindowOption = Annotated[
    str | None,
    typer.Option("--window", help="By how much two views of one person may miss each other in time; 5s by default."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="As JSON, one object a line.")]


@app.command()
def add(
    name: NameArgument,
    cameras: Annotated[list[str], typer.Argument(help="Ids of its cameras, two or more.", metavar="CAMERA...")],
    window: WindowOption = None,
    data: DataOption = None,
    redis: RedisOption = None,
) -> None:
    """Count from now on what several cameras see as one: `maskwatch area add hall door stairs`."""
    from console.areas import declaring  # noqa: PLC0415 - other commands start without it

    with running_system(data, redis) as system:
        area = declaring.add(system.servers.state, name, cameras, declaring.window_s(window))
    typer.echo(f"area {area.name}: {', '.join(area.cameras)} count as one from now on")


@app.command("set")
def set_(
    name: NameArgument,
    cameras: Annotated[list[str] | None, typer.Argument(help="All its cameras.", metavar="[CAMERA...]")] = None,
    window: WindowOption = None,
    data: DataOption = None,
    redis: RedisOption = None,
) -> None:
    """Change an area's cameras or its window; what was counted stays."""
    from console.areas import declaring  # noqa: PLC0415

    with running_system(data, redis) as system:
        area = declaring.change(system.servers.state, name, cameras or [], declaring.window_s(window))
    typer.echo(f"area {area.name}: {', '.join(area.cameras)}, {area.window_s:g} s apart at most")


@app.command("list")
def list_(as_json: JsonOption = False, data: DataOption = None, redis: RedisOption = None) -> None:
    """All areas, with what they counted."""
    from console.areas import reading  # noqa: PLC0415

    with running_system(data, redis) as system:
        found = reading.read_all(system.servers.state)
    for each in found:
        cameras = ", ".join(f"{camera} {violations}" for camera, violations in each.by_camera.items())
        line = f"{each.area.name}: {each.violations} violations, of {cameras}; within {each.area.window_s:g} s"
        typer.echo(json.dumps(each.as_message.model_dump(mode="json")) if as_json else line)


@app.command()
def show(name: NameArgument, as_json: JsonOption = False, data: DataOption = None, redis: RedisOption = None) -> None:
    """One area."""
    from console.areas import declaring, reading  # noqa: PLC0415

    with running_system(data, redis) as system:
        declaring.find(system.servers.state, name)
        found = reading.read_one(system.servers.state, name).as_message.model_dump(mode="json")
    if as_json:
        typer.echo(json.dumps(found))
        return
    for field, value in found.items():
        typer.echo(f"{field}: {value}")


@app.command()
def remove(name: NameArgument, data: DataOption = None, redis: RedisOption = None) -> None:
    """Count it as one no longer; its cameras go on."""
    from console.areas import declaring  # noqa: PLC0415

    with running_system(data, redis) as system:
        declaring.remove(system.servers.state, name)
    typer.echo(f"area {name} is removed; what it counted stays")
