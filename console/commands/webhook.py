"""`maskwatch webhook`: who is told of violations over HTTP."""

import json
from typing import Annotated

import typer
from rich.console import Console

from console.errors import BadInput
from console.finding import DataOption, RedisOption, running_system
from console.webhooks.options import (
    CamerasOption,
    ConfidenceOption,
    CooldownOption,
    EventsOption,
    JsonOption,
    NameArgument,
    SecretOption,
    ZonesOption,
)

app = typer.Typer(help="Tell other programs of violations over HTTP.", no_args_is_help=True)

_CAMERA = typer.Option("--camera", help="Only for this camera.", metavar="ID")
_ONE_OR_ALL = typer.Argument(help="The webhook's name; all of them if not given.", metavar="[NAME]")


@app.command()
def add(  # noqa: PLR0913 - each is an option
    name: NameArgument,
    url: Annotated[
        str,
        typer.Argument(
            help="Address, http or https; one with a key in it as env:NAME or file:PATH, where events workers find it.",
            metavar="URL",
        ),
    ],
    *,
    secret: SecretOption = None,
    events: EventsOption = None,
    camera: CamerasOption = None,
    zone: ZonesOption = None,
    min_confidence: ConfidenceOption = None,
    cooldown: CooldownOption = None,
    data: DataOption = None,
    redis: RedisOption = None,
) -> None:
    """Post violations to an address from now on.

    Example: maskwatch webhook add desk https://desk.example/hooks/masks --secret env:DESK_SECRET --cooldown 5m
    """
    from console.webhooks import declaring  # noqa: PLC0415 - other commands start without it

    values = declaring.values_of(
        url=url,
        secrets=secret,
        events=events,
        cameras=camera,
        zones=zone,
        min_confidence=min_confidence,
        cooldown=cooldown,
    )
    with running_system(data, redis) as system:
        webhook = declaring.add(system.servers.state, name, values)
    typer.echo(f"{webhook.name} is told of violations at {webhook.shown_url}")


@app.command("set")
def set_(  # noqa: PLR0913 - each is an option
    name: NameArgument,
    *,
    url: Annotated[str | None, typer.Option("--url", help="Another address.", metavar="URL")] = None,
    secret: SecretOption = None,
    no_secret: Annotated[bool, typer.Option("--no-secret", help="Sign nothing.")] = False,
    events: EventsOption = None,
    camera: CamerasOption = None,
    all_cameras: Annotated[bool, typer.Option("--all-cameras", help="Of all cameras.")] = False,
    zone: ZonesOption = None,
    all_zones: Annotated[bool, typer.Option("--all-zones", help="Wherever it opens.")] = False,
    min_confidence: ConfidenceOption = None,
    cooldown: CooldownOption = None,
    data: DataOption = None,
    redis: RedisOption = None,
) -> None:
    """Change what is given of a webhook; the rest, and what waits for it, stays."""
    from console.webhooks import declaring  # noqa: PLC0415

    for option, values, nothing in (
        ("--secret", secret, no_secret),
        ("--camera", camera, all_cameras),
        ("--zone", zone, all_zones),
    ):
        if values and nothing:
            raise BadInput(f"give {option} or the option that takes it away, not both")
    given = declaring.values_of(
        url=url,
        secrets=[] if no_secret else secret,
        events=events,
        cameras=[] if all_cameras else camera,
        zones=[] if all_zones else zone,
        min_confidence=min_confidence,
        cooldown=cooldown,
    )
    if not given:
        raise BadInput("nothing to change is given; see `maskwatch webhook set --help`")
    with running_system(data, redis) as system:
        declaring.change(system.servers.state, name, given)
    typer.echo(f"{name} is changed")


@app.command("list")
def list_(as_json: JsonOption = False, data: DataOption = None, redis: RedisOption = None) -> None:
    """The webhooks: a table, or where no terminal is there a line each: name, state, waiting, address, with tabs."""
    from console.webhooks import facts, reading  # noqa: PLC0415

    with running_system(data, redis) as system:
        found = reading.read_all(system.servers.state)
    console = Console()
    if as_json:
        typer.echo(json.dumps([facts.as_message(each).model_dump(mode="json") for each in found]))
    elif console.is_terminal:
        console.print(facts.table(found))
    else:
        for each in found:
            typer.echo(f"{each.webhook.name}\t{facts.state_of(each)}\t{each.waiting}\t{each.webhook.shown_url}")


@app.command()
def show(name: NameArgument, as_json: JsonOption = False, data: DataOption = None, redis: RedisOption = None) -> None:
    """Everything that is known of one webhook: what waits, what was delivered, what went wrong."""
    from console.webhooks import facts, reading  # noqa: PLC0415

    with running_system(data, redis) as system:
        found = reading.read_one(system.servers.state, name)
    if as_json:
        typer.echo(json.dumps(facts.as_message(found).model_dump(mode="json")))
        return
    for line in facts.lines(found):
        typer.echo(line)


@app.command()
def test(name: NameArgument, data: DataOption = None, redis: RedisOption = None) -> None:
    """Post a test event now, from this machine, and say what the receiver answers."""
    from console.webhooks import declaring, trying  # noqa: PLC0415

    with running_system(data, redis) as system:
        webhook = declaring.found(declaring.all_webhooks(system.servers.state), name)
    typer.echo(trying.send_test(webhook))


@app.command()
def snooze(
    name: Annotated[str | None, _ONE_OR_ALL] = None,
    *,
    camera: Annotated[str | None, _CAMERA] = None,
    span: Annotated[str | None, typer.Option("--for", help="How long: 90s, 30m, 2h, 7d.", metavar="SPAN")] = None,
    until: Annotated[str | None, typer.Option("--until", help="Until when: 2026-11-23T18:00.", metavar="T")] = None,
    data: DataOption = None,
    redis: RedisOption = None,
) -> None:
    """Send nothing of what opens from now on for a while; it is not sent later either."""
    from console.webhooks import snoozing  # noqa: PLC0415

    with running_system(data, redis) as system:
        snoozed = snoozing.begin(system.servers.state, snoozing.Wanted(name, camera, span, until))
    typer.echo(snoozed.as_line)


@app.command()
def unsnooze(
    name: Annotated[str | None, _ONE_OR_ALL] = None,
    *,
    camera: Annotated[str | None, _CAMERA] = None,
    data: DataOption = None,
    redis: RedisOption = None,
) -> None:
    """End snoozes: of a webhook, a camera, or all."""
    from console.webhooks import snoozing  # noqa: PLC0415

    with running_system(data, redis) as system:
        ended = snoozing.end(system.servers.state, name, camera)
        lasting = snoozing.lasting(system.servers.state, name)
    typer.echo(f"snoozes ended: {len(ended)}")
    for each in lasting:
        typer.echo(f"still snoozed: {each.as_line}")


@app.command()
def remove(
    names: Annotated[list[str], typer.Argument(help="Names of webhooks.", metavar="NAME...")],
    data: DataOption = None,
    redis: RedisOption = None,
) -> None:
    """Tell an address no more; what waits for it is not sent. All of them or, when one is not there, none."""
    from console.webhooks import declaring  # noqa: PLC0415

    with running_system(data, redis) as system:
        declaring.remove(system.servers.state, names)
    for name in names:
        typer.echo(f"{name} is removed")
