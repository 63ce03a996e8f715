"""`maskwatch bench seed`: the whole system against the loop that tutorials teach."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from console.output_files import STDOUT, JsonOption, check_writable, write_json

ClipOption = Annotated[Path | None, typer.Option("--clip", help="Compare speed alone, on this video.", metavar="FILE")]
BoxesOption = Annotated[
    Path | None,
    typer.Option(
        "--boxes",
        help="Annotated photographs, as `maskwatch evaluate` takes them, of which the clip is made; "
        "../shared/data/boxes/test without.",
        metavar="DIR",
    ),
]
ModelOption = Annotated[
    Path | None,
    typer.Option("--model", help="The loop's Keras model; one in ../shared/data/baseline without.", metavar="FILE"),
]
PhotographsOption = Annotated[
    int | None, typer.Option("--photographs", min=1, help="Show only so many of the photographs.")
]
LoopFramesOption = Annotated[
    int,
    typer.Option("--loop-frames", min=1, help="About how many frames the loop judges, evenly spaced; Maskwatch all."),
]
RoundsOption = Annotated[int, typer.Option("--rounds", min=1, max=100, help="How often each takes its turn.")]
WorkersOption = Annotated[int, typer.Option("--workers", min=1, max=64, help="Workers of the system.")]


def seed(  # noqa: PLR0913 - each is an option
    *,
    clip: ClipOption = None,
    boxes: BoxesOption = None,
    model: ModelOption = None,
    photographs: PhotographsOption = None,
    loop_frames: LoopFramesOption = 180,
    rounds: RoundsOption = 2,
    workers: WorkersOption = 1,
    json_path: JsonOption = None,
) -> None:
    """Judge a 1280x720 clip with the classic loop and with the whole system: frames a second, and faces found.

    The loop is the usual one: Haar cascade, one `model.predict` a face, one frame after the other. The system is
    what `maskwatch up` starts, from the file to counts. Takes some minutes.
    """
    from console.benching import seed_report, seeding  # noqa: PLC0415 - loads the inference side

    check_writable(json_path)
    request = seeding.Request(
        clip=clip,
        boxes=boxes,
        model=model,
        photographs=photographs,
        loop_frames=loop_frames,
        rounds=rounds,
        workers=workers,
    )
    outcome = seeding.measured(request)
    if json_path is not None:
        write_json(json_path, seed_report.as_json(outcome))
    if json_path != STDOUT:
        Console().print(seed_report.table(outcome))
