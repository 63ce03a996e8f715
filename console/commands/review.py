"""`maskwatch review`: look at the faces that the model is unsure of or was wrong about, and correct it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from console.confirming import confirm
from console.errors import BadInput
from console.finding import DataOption, RedisOption, running_system

app = typer.Typer(help="Look at unsure faces and correct the model.", no_args_is_help=True)

FolderOption = Annotated[
    Path | None, typer.Option("--folder", help="The review folder itself, instead of --data.", metavar="DIR")
]
CameraOption = Annotated[str | None, typer.Option("--camera", help="Only of this camera.", metavar="ID")]
JsonOption = Annotated[bool, typer.Option("--json", help="As JSON, one object a line.")]
LABELS = "with_mask, without_mask, incorrect_mask or not_a_face"
WHEN = "90s, 30m, 2h, 7d ago, or 2026-11-23T08:00."


@app.command("list")
def list_(
    *,
    camera: CameraOption = None,
    unlabelled: Annotated[bool, typer.Option("--unlabelled", help="Only those without a label.")] = False,
    as_json: JsonOption = False,
    data: DataOption = None,
    folder: FolderOption = None,
) -> None:
    """The faces to look at, oldest first."""
    from console import reviewing  # noqa: PLC0415 - other commands start without it

    found = reviewing.find_folder(folder, data)
    with reviewing.usable(found):
        items = reviewing.Choice(camera=camera, is_unlabelled=unlabelled).among(found)
    for item in items:
        typer.echo(item.model_dump_json() if as_json else reviewing.as_line(item))
    if not items:
        typer.echo(f"there is no such face in {found.root}", err=True)


@app.command()
def show(
    face: Annotated[str, typer.Argument(help="A face's id.", metavar="ID")],
    as_json: JsonOption = False,
    data: DataOption = None,
    folder: FolderOption = None,
) -> None:
    """Where a face's picture is and where it comes from."""
    from console import reviewing  # noqa: PLC0415

    found = reviewing.find_folder(folder, data)
    (item,) = reviewing.find_items(found, [face])
    facts = {"picture": str(found.picture_path(item.id)), **item.model_dump(mode="json")}
    if as_json:
        typer.echo(json.dumps(facts))
        return
    for name, value in facts.items():
        if value is not None:
            typer.echo(f"{name}: {value}")


@app.command()
def label(
    faces: Annotated[list[str], typer.Argument(help="Ids of faces.", metavar="ID...")],
    true_label: Annotated[str, typer.Argument(help=f"What they are: {LABELS}.", metavar="LABEL")],
    data: DataOption = None,
    folder: FolderOption = None,
) -> None:
    """Say what faces are; a second label takes the place of the first."""
    from console import reviewing  # noqa: PLC0415

    chosen = reviewing.parse_label(true_label)
    found = reviewing.find_folder(folder, data)
    with reviewing.usable(found):
        for item in reviewing.find_items(found, faces):
            found.label(item, chosen, datetime.now(UTC))
            typer.echo(f"{item.id}  {chosen}")


@app.command()
def wrong(
    violation: Annotated[str, typer.Argument(help="A violation's id.", metavar="VIOLATION_ID")],
    *,
    true_label: Annotated[str | None, typer.Option("--label", help=f"What it is: {LABELS}.", metavar="LABEL")] = None,
    data: DataOption = None,
    redis: RedisOption = None,
    folder: FolderOption = None,
) -> None:
    """Mark a violation as wrong: its picture comes into the review folder, and it is dismissed.

    With --label without_mask or incorrect_mask it is none to dismiss: only its face is set aside.
    """
    from console import reviewing, violation_log  # noqa: PLC0415
    from console.violations import dismissing  # noqa: PLC0415
    from console.violations.records import Records  # noqa: PLC0415

    chosen = reviewing.parse_label(true_label) if true_label else None
    found = reviewing.find_folder(folder, data)
    now = datetime.now(UTC)
    with running_system(data, redis) as system, reviewing.usable(found):
        log = violation_log.ViolationLog(system.servers.state, system.keys, system.pictures)
        item = reviewing.mark_wrong(log, found, violation, now)
        if chosen:
            item = found.label(item, chosen, now)
        if dismissing.is_false(chosen):
            (record,) = Records(system.servers.state, system.keys).find([violation])
            dismissing.dismiss_in_counts(system.servers.state, system.keys, record, "", now)
    typer.echo(reviewing.as_line(item))


@app.command()
def export(
    out: Annotated[Path, typer.Argument(help="A folder to write to.", metavar="DIR")],
    data: DataOption = None,
    folder: FolderOption = None,
) -> None:
    """Write the labelled faces as a folder for `maskwatch train --data` and `maskwatch evaluate --faces`."""
    from console import correction_export, reviewing  # noqa: PLC0415 - loads the picture libraries

    found = reviewing.find_folder(folder, data)
    with reviewing.usable(found):
        found.items()
    try:
        counts = correction_export.export(found, out)
    except OSError as error:
        raise BadInput(f"{error.filename or out} cannot be written: {error.strerror}") from error
    typer.echo(f"{counts.total()} faces in {out}: " + ", ".join(f"{n} {name}" for name, n in sorted(counts.items())))


@app.command()
def erase(  # noqa: PLR0913 - each is an option
    *,
    camera: CameraOption = None,
    since: Annotated[str | None, typer.Option("--since", help=f"Only captured from then on: {WHEN}")] = None,
    until: Annotated[str | None, typer.Option("--until", help=f"Only captured up to then: {WHEN}")] = None,
    ids: Annotated[list[str] | None, typer.Option("--id", help="Only this; several times.", metavar="ID")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    data: DataOption = None,
    folder: FolderOption = None,
) -> None:
    """Erase faces for good, labelled or not. What a model has learnt and what was exported stays."""
    from console import reviewing  # noqa: PLC0415

    if everything == any((camera, since, until, ids)):
        raise BadInput("say which faces: --all alone, or --camera, --since, --until, --id")
    found = reviewing.find_folder(folder, data)
    choice = reviewing.parse_choice(camera, since, until, ids or ())
    with reviewing.usable(found):
        items = choice.among(found)
        if items and not yes:
            confirm(f"erase {len(items)} faces in {found.root}?")
        for item in items:
            found.erase(item.id)
        if everything:
            found.erase_half()
    typer.echo(f"{len(items)} faces erased")
