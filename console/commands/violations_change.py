"""`maskwatch violations dismiss|restore|erase` and `maskwatch erase`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from console.errors import BadInput, CommandFailed
from console.finding import DataOption, RedisOption, running_system
from shared.snapshot_store import StoreUnreachable

Ids = Annotated[list[str], typer.Argument(help="Ids of violations.", metavar="ID...")]
FolderOption = Annotated[
    Path | None, typer.Option("--folder", help="The review folder itself, instead of --data.", metavar="DIR")
]
WHEN = "90s, 30m, 2h, 7d ago, or 2026-11-23T08:00"


def dismiss(
    ids: Ids,
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why, in up to 200 letters.")] = "",
    label: Annotated[
        str | None, typer.Option("--label", help="What the face is: with_mask or not_a_face.", metavar="LABEL")
    ] = None,
    data: DataOption = None,
    redis: RedisOption = None,
    folder: FolderOption = None,
) -> None:
    """Mark violations as false: they no longer count as confirmed, and their faces come up for review."""
    from console import reviewing  # noqa: PLC0415 - other commands start without it
    from console.violations.dismissing import MAX_REASON, Dismissing, is_false  # noqa: PLC0415
    from console.violations.records import Records  # noqa: PLC0415

    chosen = reviewing.parse_label(label) if label else None
    if not is_false(chosen):
        raise BadInput(f"a face {label} is a violation: give --label with_mask or not_a_face")
    if len(reason) > MAX_REASON:
        raise BadInput(f"--reason has {len(reason)} letters: give {MAX_REASON} at most")
    found = reviewing.find_folder(folder, data)
    with running_system(data, redis) as system:
        dismissing = Dismissing(system.servers.state, system.keys, found, system.pictures)
        for record in Records(system.servers.state, system.keys).find(ids):
            said = dismissing.dismiss(record, reason, chosen, datetime.now(UTC))
            typer.echo(f"{record.violation.id}  {said}")


def restore(ids: Ids, data: DataOption = None, redis: RedisOption = None, folder: FolderOption = None) -> None:
    """Take dismissals back: the violations count again, and their faces leave the review folder."""
    from console import reviewing  # noqa: PLC0415
    from console.violations.dismissing import Dismissing  # noqa: PLC0415
    from console.violations.records import Records  # noqa: PLC0415

    found = reviewing.find_folder(folder, data)
    with running_system(data, redis) as system:
        dismissing = Dismissing(system.servers.state, system.keys, found, system.pictures)
        for record in Records(system.servers.state, system.keys).find(ids):
            typer.echo(f"{record.violation.id}  {dismissing.restore(record)}")


def erase(  # noqa: PLR0913 - each is an option
    ids: Annotated[list[str] | None, typer.Argument(help="Ids of violations.", metavar="[ID...]")] = None,
    *,
    camera: Annotated[str | None, typer.Option("--camera", help="All of this camera.", metavar="ID")] = None,
    since: Annotated[str | None, typer.Option("--since", help=f"All who were seen from then on: {WHEN}.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="All who were seen up to then, likewise.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and erase nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    data: DataOption = None,
    redis: RedisOption = None,
    folder: FolderOption = None,
) -> None:
    """Erase violations for good, with their pictures and faces for review. What was counted stays counted."""
    from console import reviewing  # noqa: PLC0415
    from console.confirming import confirm  # noqa: PLC0415
    from console.progress import progress_bars  # noqa: PLC0415
    from console.violations import erasing  # noqa: PLC0415
    from console.violations.choice import parse_times  # noqa: PLC0415
    from console.violations.records import Records  # noqa: PLC0415

    if bool(ids) == any((camera, since, until)):
        raise BadInput("say which violations: ids alone, or --camera, --since, --until")
    time = erasing.Time(camera, *parse_times(since, until))
    found = reviewing.find_folder(folder, data)
    with running_system(data, redis) as system, reviewing.usable(found):
        records = Records(system.servers.state, system.keys)
        doomed = erasing.of_ids(records, found, ids) if ids else erasing.of_time(records, found, time)
        if dry_run:
            typer.echo(f"would erase {doomed.as_text}")
            return
        if not yes and (doomed.records or doomed.faces):
            confirm(f"erase {doomed.as_text}? What was counted stays counted.")
        work = erasing.Erasing(system.servers.state, system.keys, found, system.pictures)
        with progress_bars() as bars:
            task = bars.add_task("erasing", total=len(doomed.records))
            try:
                for portion in work.erase(doomed):
                    bars.advance(task, portion)
            except StoreUnreachable as error:
                raise CommandFailed(f"{error}; not all is erased: do it again") from error
    typer.echo(f"erased {doomed.as_text}; what was counted stays counted")
