"""`maskwatch status` and `maskwatch scale`."""

import json
from typing import Annotated

import typer
from rich.console import Console

from console.finding import DataOption, RedisOption, running_system
from deploy.local.system import MAX_WORKERS


def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    cameras: Annotated[
        list[int] | None,
        typer.Option("--cameras", min=1, metavar="N", help="Say what N cameras like the present ones need; repeat."),
    ] = None,
    data: DataOption = None,
    redis: RedisOption = None,
) -> None:
    """What cameras and workers do right now, and how many more cameras fit."""
    from console import overview  # noqa: PLC0415 - other commands start without it
    from console.status_json import system_status  # noqa: PLC0415
    from console.tables import system_table  # noqa: PLC0415
    from worker import detector_figures  # noqa: PLC0415

    with running_system(data, redis) as system:
        found = overview.read(system.servers, system.keys)
    if as_json:
        typer.echo(json.dumps(system_status(found, cameras or ()).model_dump(mode="json")))
    else:
        Console().print(system_table(found, cameras or ()))
        for warning in filter(None, map(detector_figures.warning, found.detectors)):
            typer.echo(warning)


def scale(
    workers: Annotated[int, typer.Argument(min=1, max=MAX_WORKERS, help="Workers to run on each machine.")],
    data: DataOption = None,
    redis: RedisOption = None,
) -> None:
    """Run more or fewer inference workers from now on."""
    from console import scaling  # noqa: PLC0415

    with running_system(data, redis) as system:
        scaling.scale(system.servers.state, workers)
    typer.echo(f"{workers} workers wanted; `maskwatch status` shows those that run")
