"""`maskwatch training`: the jobs that `maskwatch train --queue` and `--every` make."""

import json
from typing import Annotated

import typer
from rich.console import Console

from console.commands.train import follow_newest
from console.errors import BadInput
from console.finding import DataOption, RedisOption, running_system

app = typer.Typer(help="List, follow, cancel and schedule trainings of a running system.", no_args_is_help=True)

JobArgument = Annotated[
    str | None, typer.Argument(help="The job's id; without it that which runs, or is next.", metavar="[ID]")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_(as_json: AsJson = False, data: DataOption = None, redis: RedisOption = None) -> None:
    """The trainings of the last thirty days, newest first."""
    from console.training.jobs import views  # noqa: PLC0415 - loads RQ
    from console.training.tables import jobs_table  # noqa: PLC0415
    from shared.training_queue import open_queue  # noqa: PLC0415

    with running_system(data, redis) as system:
        found = views(open_queue(system.servers.state))
    if as_json:
        typer.echo(json.dumps([each.model_dump(mode="json") for each in found]))
    elif found:
        Console().print(jobs_table(found))
    else:
        typer.echo("no training; queue one with `maskwatch train --queue --data DIR`")


@app.command()
def follow(job: JobArgument = None, data: DataOption = None, redis: RedisOption = None) -> None:
    """Show a training live until it ends: exit code 0 when a version was published, else 1. Ctrl-C only looks away."""
    follow_newest(data, redis, job)


@app.command()
def cancel(job: JobArgument = None, data: DataOption = None, redis: RedisOption = None) -> None:
    """Take a training out of the queue, or stop it; nothing of it is published."""
    from console.training import cancelling  # noqa: PLC0415 - loads RQ
    from console.training.jobs import find  # noqa: PLC0415
    from shared.training_queue import open_queue  # noqa: PLC0415

    with running_system(data, redis) as system:
        queue = open_queue(system.servers.state)
        ended = cancelling.cancel(queue, find(queue, job).id)
    typer.echo(f"{ended.id}: {ended.reason}")


@app.command()
def schedule(as_json: AsJson = False, data: DataOption = None, redis: RedisOption = None) -> None:
    """When the next training queues itself; `maskwatch train --every RULE --data DIR` sets it."""
    from console.training import scheduling  # noqa: PLC0415 - loads RQ
    from shared.training_queue import read_schedule  # noqa: PLC0415

    with running_system(data, redis) as system:
        found = read_schedule(system.servers.state)
    if found is None:
        typer.echo("null" if as_json else "no training is scheduled")
    elif as_json:
        typer.echo(json.dumps(scheduling.as_message(found).model_dump(mode="json")))
    else:
        typer.echo(scheduling.in_words(found))


@app.command()
def unschedule(data: DataOption = None, redis: RedisOption = None) -> None:
    """Queue no more trainings by themselves; a job that is queued or runs stays."""
    from console.training import scheduling  # noqa: PLC0415 - loads RQ

    with running_system(data, redis) as system:
        was_there = scheduling.remove(system.servers.state)
    if not was_there:
        raise BadInput("no training is scheduled")
    typer.echo("no training is scheduled any more")
