"""`maskwatch violations`: who was seen without a mask."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from console.errors import BadInput
from console.finding import DataOption, RedisOption, running_system


def violations(  # noqa: PLR0913 - each is an option
    *,
    camera: Annotated[str | None, typer.Option("--camera", help="Only of this camera.", metavar="ID")] = None,
    since: Annotated[
        str | None, typer.Option("--since", help="Only from then on: 90s, 30m, 2h, 7d, or 2026-11-23T08:00.")
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Go on printing as they come, until Ctrl-C.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    save: Annotated[
        Path | None, typer.Option("--save", help="Write the snapshots into this folder.", metavar="DIR")
    ] = None,
    data: DataOption = None,
    redis: RedisOption = None,
) -> None:
    """List violations, oldest first; each is one person, once."""
    from console import violation_log  # noqa: PLC0415 - other commands start without it

    start = violation_log.parse_since(since, datetime.now(UTC)) if since else None
    show = violation_log.as_json_line if as_json else violation_log.as_line
    if save:
        _make_folder(save)
    with running_system(data, redis) as system:
        log = violation_log.ViolationLog(system.servers.state, system.keys, camera)
        # The position is taken first: what opens while the list is read may come twice, but is never missed.
        position = log.end()
        for violation in log.listed(start):
            typer.echo(show(violation))
            if save:
                log.save_snapshot(violation, save)
        try:
            for violation in log.follow(position) if follow else ():
                typer.echo(show(violation))
                if save:
                    log.save_snapshot(violation, save)
        except KeyboardInterrupt:  # the usual end of --follow
            return


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"the folder {folder} cannot be made: {error.strerror}") from error
