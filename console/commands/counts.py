"""`maskwatch counts`: what was counted, and what could not be seen."""

from typing import Annotated, Literal

import typer

from console.errors import BadInput
from console.finding import DataOption, RedisOption, running_system


def counts(  # noqa: PLR0913 - each is an option
    *,
    camera: Annotated[str | None, typer.Option("--camera", help="Only of this camera.", metavar="ID")] = None,
    since: Annotated[str, typer.Option("--since", help="From then on: 90s, 30m, 2h, 7d, or 2026-11-23T08:00.")] = "24h",
    until: Annotated[str | None, typer.Option("--until", help="Only before then, likewise; now by default.")] = None,
    by: Annotated[Literal["hour", "day"] | None, typer.Option("--by", help="Tell hours or days apart.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, one line for each camera and stretch.")] = False,
    data: DataOption = None,
    redis: RedisOption = None,
) -> None:
    """Show people, violations and compliance, with what could not be seen or judged.

    Counts are kept by the quarter of an hour: the one in which a time falls counts as a whole.
    """
    import json  # noqa: PLC0415 - other commands start without all this

    from rich.console import Console  # noqa: PLC0415

    from console import overview  # noqa: PLC0415
    from console.counting import asking, showing  # noqa: PLC0415

    if as_json and as_csv:
        raise BadInput("give --json or --csv, not both")
    with running_system(data, redis) as system:
        now = overview.read(system.servers, system.keys)
        found = asking.told(system, now, asking.Question(camera, since, until, by))
    if as_json:
        typer.echo(json.dumps(found.as_message.model_dump(mode="json")))
    elif as_csv:
        typer.echo(showing.counts_csv(found.steps or [found.whole]), nl=False)
    else:
        Console().print(showing.counts_table(found.whole, found.steps))
        for name, violations in found.areas.items():
            typer.echo(f"area {name}: {violations:,} violations, none summed twice")
