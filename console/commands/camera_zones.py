"""`maskwatch camera zones`: see, draw and change which parts of a camera's picture count."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cameras.options import CameraArgument, ExcludeOption, JsonOption, ZoneOption
from console.errors import BadInput, CommandFailed
from console.finding import DataOption, RedisOption, RunningSystem, running_system

if TYPE_CHECKING:
    from shared.zones import Zones


def zones(  # noqa: PLR0913 - each is an option
    camera: CameraArgument,
    *,
    edit: Annotated[bool, typer.Option("--edit", help="Change them in an editor ($VISUAL, $EDITOR).")] = False,
    zone: ZoneOption = None,
    exclude: ExcludeOption = None,
    remove: Annotated[
        list[str] | None, typer.Option("--remove", help="Take this one away; several times.", metavar="NAME|NUMBER")
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Take all away, before others are added.")] = False,
    still: Annotated[
        Path | None,
        typer.Option(
            "--still", help="Draw them into this picture of the camera, .jpg or .png; ID-zones.jpg.", metavar="FILE"
        ),
    ] = None,
    no_still: Annotated[bool, typer.Option("--no-still", help="Draw no picture.")] = False,
    as_json: JsonOption = False,
    data: DataOption = None,
    redis: RedisOption = None,
) -> None:
    """List, draw and change the zones of a camera. --zone and --exclude add to those that are there.

    With --json a picture is drawn only where --still names one.

    Example: maskwatch camera zones gate --exclude 'television=0.7,0.1 0.9,0.1 0.9,0.3 0.7,0.3' --still gate.jpg
    """
    from console.cameras import zone_editing, zone_texts  # noqa: PLC0415 - only some commands need it

    if edit and (zone or exclude or remove or clear):
        raise BadInput("give --edit or changes, not both")
    if no_still and (edit or still is not None):
        raise BadInput("--no-still goes with neither --still nor --edit")
    added = zone_texts.parse_all(zone, exclude)
    with running_system(data, redis) as system:
        if edit:
            _edit(system, camera, still or Path(f"{camera}-zones.jpg"))
            return
        if added or remove or clear:
            _change(system, camera, lambda known: zone_editing.combined(known, added, remove or (), clears=clear))
        _list(system, camera, as_json=as_json)
        if still is not None:
            typer.echo(f"drawn into {_draw(system, camera, still)}", err=as_json)
        elif not (no_still or as_json):
            _draw_if_possible(system, camera, Path(f"{camera}-zones.jpg"))


def _list(system: RunningSystem, camera: str, *, as_json: bool) -> None:
    from console.cameras import facts, zone_yaml  # noqa: PLC0415

    found = _zones(system, camera)
    if as_json:
        typer.echo(json.dumps(zone_yaml.value_of(found)))
        return
    for number, each in enumerate(found, 1):
        typer.echo(facts.zone_line(number, each))
    if not found:
        typer.echo(f"{camera} has no zones: its whole picture counts")


def _zones(system: RunningSystem, camera: str) -> "Zones":
    from console.cameras.changing import known_camera  # noqa: PLC0415

    return known_camera(system, camera).zones


def _change(system: RunningSystem, camera: str, change: "Callable[[Zones], Zones]") -> None:
    from console.cameras import zone_editing  # noqa: PLC0415
    from console.cameras.changing import change_zones  # noqa: PLC0415

    settled = change_zones(system, camera, change)
    before = settled.before.zones if settled.before else ()
    for line in zone_editing.differences(before, settled.camera.zones) or ["nothing is changed"]:
        typer.echo(line)


def _draw(system: RunningSystem, camera: str, path: Path) -> Path:
    from console.cameras import stills, zone_picture  # noqa: PLC0415 - loads the picture libraries
    from console.cameras.changing import known_camera  # noqa: PLC0415

    known = known_camera(system, camera)
    stills.write(path, zone_picture.drawn(stills.newest(system, known), known.zones))
    return path


def _draw_if_possible(system: RunningSystem, camera: str, path: Path) -> None:
    try:
        typer.echo(f"drawn into {_draw(system, camera, path)}")
    except (CommandFailed, BadInput) as error:  # nobody asked for a picture: the list is what matters
        typer.echo(f"not drawn: {error}", err=True)


def _edit(system: RunningSystem, camera: str, still: Path) -> None:
    from console.cameras import editing, zone_editing  # noqa: PLC0415

    picture = _draw_for_editing(system, camera, still)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        typer.echo("--edit needs a terminal: the zones are only drawn; change them with --zone, --exclude and --remove")
        return
    text = zone_editing.text_of(camera, _zones(system, camera), picture.absolute())
    wanted = editing.edited(text, f"{camera}-zones.yaml", zone_editing.parse, _asks_again)
    if wanted is None:
        typer.echo("nothing is changed")
        return
    _change(system, camera, lambda _: wanted)
    _draw_for_editing(system, camera, still)


def _draw_for_editing(system: RunningSystem, camera: str, path: Path) -> Path:
    """A camera that gives no picture now can be edited all the same: over a blank one."""
    from console.cameras import stills, zone_picture  # noqa: PLC0415

    try:
        drawn = _draw(system, camera, path)
    except CommandFailed as error:
        typer.echo(str(error), err=True)
        stills.write(path, zone_picture.drawn(zone_picture.blank(), _zones(system, camera)))
        drawn = path
    typer.echo(f"drawn into {drawn}")
    return drawn


def _asks_again(problem: str) -> bool:
    typer.echo(f"this cannot be used: {problem}", err=True)
    return typer.confirm("edit again?", default=True)
