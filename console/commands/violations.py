"""`maskwatch violations`: who was seen without a mask."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from console.commands import violations_change
from console.errors import BadInput
from console.finding import DataOption, RedisOption, running_system

app = typer.Typer(help="Who was seen without a mask: each is one spell of one person, once.")
app.command()(violations_change.dismiss)
app.command()(violations_change.restore)
app.command()(violations_change.erase)

WHEN = "90s, 30m, 2h, 7d, or 2026-11-23T08:00"
CamerasOption = Annotated[
    list[str] | None, typer.Option("--camera", help="Only of this camera; several times.", metavar="ID")
]
ZoneOption = Annotated[str | None, typer.Option("--zone", help="Only those that opened in this zone.")]
SinceOption = Annotated[str | None, typer.Option("--since", help=f"Only opened from then on: {WHEN}.")]
UntilOption = Annotated[str | None, typer.Option("--until", help="Only opened before then, likewise.")]
StateOption = Annotated[Literal["open", "ended"] | None, typer.Option("--state", help="Only these.")]
LabelOption = Annotated[str | None, typer.Option("--label", help="Only without_mask or incorrect_mask.")]
ConfidenceOption = Annotated[
    float, typer.Option("--min-confidence", help="Only as sure as that, 0 to 1.", min=0, max=1)
]
DismissedOption = Annotated[
    bool | None, typer.Option("--dismissed/--confirmed", help="Only those dismissed, or only the others.")
]


@app.callback(invoke_without_command=True)
def violations(  # noqa: PLR0913 - each is an option
    context: typer.Context,
    *,
    camera: CamerasOption = None,
    zone: ZoneOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    state: StateOption = None,
    label: LabelOption = None,
    min_confidence: ConfidenceOption = 0.0,
    dismissed: DismissedOption = None,
    limit: Annotated[int | None, typer.Option("--limit", help="Only the newest so many.", min=1)] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Go on printing as they come, until Ctrl-C.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    summary: Annotated[
        bool, typer.Option("--summary", help="With --json: what was counted and seen, as the list's last line.")
    ] = False,
    save: Annotated[
        Path | None, typer.Option("--save", help="Write the snapshots into this folder.", metavar="DIR")
    ] = None,
    data: DataOption = None,
    redis: RedisOption = None,
) -> None:
    """List violations, oldest first, and say whether the cameras could see; or do something with some."""
    if context.invoked_subcommand is not None:
        return
    from console.violations import listing  # noqa: PLC0415 - other commands start without it
    from console.violations.choice import choice_of  # noqa: PLC0415

    choice = choice_of(camera, (since, until), (zone, label, state), dismissed, min_confidence)
    if save:
        _make_folder(save)
    output = listing.Output(is_json=as_json, has_summary=summary, limit=limit, save=save)
    with running_system(data, redis) as system:
        follower = listing.follower(system, choice) if follow else None
        listing.print_list(system, choice, output)
        try:
            if follower:
                listing.print_news(system, choice, output, follower)
        except KeyboardInterrupt:  # the usual end of --follow
            return


@app.command()
def show(
    violation: Annotated[str, typer.Argument(help="A violation's id.", metavar="ID")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    picture: Annotated[Path | None, typer.Option("--picture", help="Write the face here.", metavar="FILE")] = None,
    frame: Annotated[Path | None, typer.Option("--frame", help="Write the whole picture here.", metavar="FILE")] = None,
    data: DataOption = None,
    redis: RedisOption = None,
) -> None:
    """All that is known of a violation."""
    from console.violations import showing  # noqa: PLC0415
    from console.violations.one import write_picture  # noqa: PLC0415
    from console.violations.records import Records  # noqa: PLC0415
    from shared.snapshot_store import Kind  # noqa: PLC0415

    with running_system(data, redis) as system:
        (record,) = Records(system.servers.state, system.keys).find([violation])
        for line in [showing.as_json_line(record)] if as_json else showing.facts(record):
            typer.echo(line)
        for kind, path in ((Kind.FACE, picture), (Kind.FRAME, frame)):
            if path:
                write_picture(system, record, kind, path)


@app.command()
def export(  # noqa: PLR0913 - each is an option
    file: Annotated[Path, typer.Argument(help="A .csv, .json or .jsonl file; - is standard output.", metavar="FILE")],
    *,
    form: Annotated[
        Literal["csv", "json", "jsonl"] | None, typer.Option("--format", help="By suffix if absent.")
    ] = None,
    camera: CamerasOption = None,
    zone: ZoneOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    state: StateOption = None,
    label: LabelOption = None,
    min_confidence: ConfidenceOption = 0.0,
    dismissed: DismissedOption = None,
    data: DataOption = None,
    redis: RedisOption = None,
) -> None:
    """Write violations into a file, oldest first; times in UTC."""
    from console.output_files import check_writable  # noqa: PLC0415
    from console.violations import exporting, listing  # noqa: PLC0415
    from console.violations.choice import choice_of  # noqa: PLC0415
    from console.violations.records import Records  # noqa: PLC0415

    chosen = exporting.parse_format(file, form)
    check_writable(file)
    choice = choice_of(camera, (since, until), (zone, label, state), dismissed, min_confidence)
    with running_system(data, redis) as system:
        found = listing.chosen(Records(system.servers.state, system.keys), choice)
    exporting.export(found, file, chosen)
    typer.echo(f"{len(found)} violations in {file}", err=True)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"the folder {folder} cannot be made: {error.strerror}") from error
