"""`maskwatch detect`: pictures, folders and videos, without any server."""

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Annotated

import typer

from console.errors import BadInput, CommandFailed
from console.judging_options import DetectorOption, YunetOption, chosen_settings, load_pipeline
from console.output_files import STDOUT
from console.registry_option import RegistryOption

SourcesArgument = Annotated[list[Path], typer.Argument(help="Pictures, folders of pictures, videos.")]
OutOption = Annotated[
    Path | None,
    typer.Option("-o", "--output", help="Write annotated copies into this folder, or to this file.", metavar="OUT"),
]
JsonOption = Annotated[
    Path | None, typer.Option("--json", help="Write one JSON object a line and picture; - is standard output.")
]


def detect(
    *,
    sources: SourcesArgument,
    out: OutOption = None,
    json_path: JsonOption = None,
    detector: DetectorOption = None,
    yunet_weights: YunetOption = None,
    registry: RegistryOption = None,
) -> None:
    """Find faces in every picture and frame and say how each wears a mask."""
    from console import detection  # noqa: PLC0415 - loads OpenCV

    settings = chosen_settings(detector, yunet_weights, registry)
    files = detection.collect_files(sources)
    copies = detection.output_paths(sources, files, out) if out else {}
    with ExitStack() as stack:
        lines = _open_lines(json_path, stack)
        outcome = detection.judge_files(files, load_pipeline(settings), copies, lines)
    if json_path != STDOUT:
        for line in outcome.summary.lines():
            typer.echo(line)
    if outcome.unreadable:
        more = f" (and {len(outcome.unreadable) - 1} more)" if len(outcome.unreadable) > 1 else ""
        raise CommandFailed(f"{outcome.unreadable[0]}{more}")


def _open_lines(path: Path | None, stack: ExitStack) -> IO[str] | None:
    """Open it before any work is done whose result it gets."""
    if path is None or path == STDOUT:
        return sys.stdout if path else None
    try:
        return stack.enter_context(path.open("w"))
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}") from error
