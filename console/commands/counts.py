"""`maskwatch counts`: what was counted, and what could not be seen."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from console.errors import BadInput
from console.finding import DataOption, RedisOption, running_system

if TYPE_CHECKING:
    from console.counting.reading import Asked
    from console.finding import RunningSystem
    from console.overview import Overview

_KEPT_DAYS = 400  # no setting keeps counts by the quarter of an hour for longer


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
    from console.areas.reading import counted_in  # noqa: PLC0415
    from console.counting import reading, showing  # noqa: PLC0415

    if as_json and as_csv:
        raise BadInput("give --json or --csv, not both")
    with running_system(data, redis) as system:
        now = overview.read(system.servers, system.keys)
        asked = _asked(system, now, camera, (since, until, by))
        whole, steps = reading.read(system.servers.state, system.keys, now, asked)
        areas = {} if camera else counted_in(system.servers.state, asked.stretch.quarters)
    if as_json:
        typer.echo(json.dumps(showing.counts_json(whole, steps) | {"areas": areas}))
    elif as_csv:
        typer.echo(showing.counts_csv(steps or [whole]), nl=False)
    else:
        Console().print(showing.counts_table(whole, steps))
        for name, violations in areas.items():
            typer.echo(f"area {name}: {violations:,} violations, none summed twice")


def _asked(
    system: "RunningSystem", now: "Overview", camera: str | None, times: tuple[str, str | None, str | None]
) -> "Asked":
    from console.counting.quarters import Step, stretch  # noqa: PLC0415
    from console.counting.reading import Asked  # noqa: PLC0415
    from console.violation_log import parse_since  # noqa: PLC0415

    since, until, by = times
    begin = parse_since(since, now.read_at)
    end = parse_since(until, now.read_at, "--until") if until else datetime.now(UTC)
    if begin >= end:
        raise BadInput("--since is not before --until: nothing lies between them")
    if now.read_at - begin > timedelta(days=_KEPT_DAYS):
        raise BadInput(f"--since is more than {_KEPT_DAYS} days ago: no counts are kept for so long")
    attached = [each.camera.id for each in now.cameras]
    if camera is not None and camera not in attached and not system.servers.state.exists(system.keys.counts(camera)):
        raise BadInput(f"there is no camera {camera!r}; there are {', '.join(attached) or 'none'}")
    return Asked([camera] if camera else attached, stretch(begin, end), Step(by) if by else None)
