"""`maskwatch camera import` and `camera export`: all cameras in one YAML file."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from console.errors import BadInput
from console.finding import DataOption, RedisOption, running_system
from console.output_files import STDOUT, check_writable


def import_(
    file: Annotated[Path, typer.Argument(help="A YAML file; - is standard input.", metavar="FILE")],
    *,
    prune: Annotated[bool, typer.Option("--prune", help="Remove cameras that are not in the file.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
    data: DataOption = None,
    redis: RedisOption = None,
) -> None:
    """Attach and change cameras as a file says: all of them or, when anything in it is wrong, none.

    Under `cameras:` stands each camera's id, and under it source, and where wanted fps, motion,
    transport, login and zones. `maskwatch camera export` writes such a file.

    Example: maskwatch camera import cameras.yaml --dry-run
    """
    from console import attaching  # noqa: PLC0415 - only some commands need it
    from console.cameras import camera_files, importing, keys  # noqa: PLC0415

    text = _text_of(file)
    try:
        wishes = camera_files.read(text)
    except BadInput as error:
        raise BadInput(f"{file}: {error}") from error
    with running_system(data, redis) as system:
        plan = importing.plan(wishes, keys.key_here(system.servers.state, system.data), prune=prune)
        settled = attaching.settle(system.servers.state, system.keys, plan, is_rehearsal=dry_run)
    for each in settled:
        typer.echo(f"{each.as_line} (dry run)" if dry_run else each.as_line)


def export(
    file: Annotated[Path, typer.Argument(help="Where to write; - is standard output.", metavar="[FILE]")] = STDOUT,
    *,
    data: DataOption = None,
    redis: RedisOption = None,
) -> None:
    """Write all cameras as YAML. Logins stand in it sealed, which only this system's producers can open.

    Example: maskwatch camera export cameras.yaml
    """
    from console import overview  # noqa: PLC0415 - only some commands need it
    from console.cameras import camera_files  # noqa: PLC0415

    check_writable(file)
    with running_system(data, redis) as system:
        cameras = overview.cameras(system.servers.state)
    text = camera_files.written(cameras)
    if file == STDOUT:
        sys.stdout.write(text)
    else:
        file.write_text(text, encoding="utf-8")
        typer.echo(f"{len(cameras)} cameras in {file}")


def _text_of(file: Path) -> str:
    try:
        return sys.stdin.read() if file == STDOUT else file.read_text(encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{file} is no text") from error
