"""`maskwatch bench capacity`: how many cameras this machine holds."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

import console
from console.errors import CommandFailed
from deploy.local.system import MAX_WORKERS

_MODULE = "tests.benchmarks.capacity"
_MOST = 400

WireOption = Annotated[
    Literal["mjpeg", "h264", "both"],
    typer.Option("--wire", help="MJPEG over HTTP, H.264 over RTSP, or half of each."),
]
SceneOption = Annotated[
    Literal["busy", "mixed", "still"],
    typer.Option(
        "--scene",
        help="People move in all pictures, in one camera of four, or in none; what holds still has a sensor's noise.",
    ),
]
ClipOption = Annotated[
    Path | None,
    typer.Option(
        "--clip", help="What busy cameras show, each from another place on; drawn people without.", metavar="FILE"
    ),
]
WorkersOption = Annotated[
    int | None,
    typer.Option("--workers", min=1, max=MAX_WORKERS, help="Inference workers to run; as `up` does without."),
]
StartOption = Annotated[int, typer.Option("--start", min=1, max=_MOST, help="Cameras of the first step.")]
StepOption = Annotated[int, typer.Option("--step", min=1, max=_MOST, help="How many more each time.")]
MostOption = Annotated[
    int, typer.Option("--most", min=1, max=_MOST, help="Where to end; with as many as --start, only that is measured.")
]
SecondsOption = Annotated[float, typer.Option("--seconds", min=1, max=3600, help="How long each step is measured.")]
SettleOption = Annotated[
    float,
    typer.Option("--settle-s", min=0, max=3600, help="How long cameras run before that, for scenes to be learnt."),
]
TargetOption = Annotated[
    float, typer.Option("--target-ms", min=1, help="The longest 95th percentile of the time from picture to result.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help="A setting of the system, such as BATCH_FRAMES=16; can be given several times.",
        metavar="NAME=VALUE",
    ),
]
FiguresOption = Annotated[Path | None, typer.Option("--json", help="Write all figures as JSON to this file.")]


def capacity(  # noqa: PLR0913 - each is an option
    *,
    wire: WireOption = "mjpeg",
    scene: SceneOption = "busy",
    clip: ClipOption = None,
    workers: WorkersOption = None,
    start: StartOption = 8,
    step: StepOption = 8,
    most: MostOption = 96,
    seconds: SecondsOption = 20.0,
    settle_s: SettleOption = 8.0,
    target_ms: TargetOption = 500.0,
    settings: SetOption = None,
    json_path: FiguresOption = None,
) -> None:
    """Find out how many cameras of 1280x720 at 5 pictures a second this machine holds, and what runs out then.

    A system of its own, as `maskwatch up` starts it, gets more and more simulated cameras until pictures are
    dropped or come too late, then the number in between is looked for. Everything runs here and counts, the
    cameras too; stop what else runs on this machine first. It takes one to ten minutes, and a source tree.
    """
    options: dict[str, object] = {
        "--wire": wire,
        "--scene": scene,
        "--clip": _absolute(clip),
        "--workers": workers,
        "--start": start,
        "--step": step,
        "--most": most,
        "--seconds": seconds,
        "--settle-s": settle_s,
        "--target-ms": target_ms,
        "--json": _absolute(json_path),
    }
    given = [text for name, value in options.items() if value is not None for text in (name, str(value))]
    raise typer.Exit(run([*given, *(text for each in settings or [] for text in ("--set", each))]))


def run(arguments: Sequence[str], tree: Path | None = None) -> int:
    """Run the benchmark of a source tree, this one's by default, in a process of its own; returns its exit code.

    Raises:
        CommandFailed: there is no source tree, only the installed product.
    """
    root = tree or Path(console.__file__).parents[1]
    if not root.joinpath(*_MODULE.split("."), "__main__.py").is_file():
        raise CommandFailed("cameras are simulated by the tests, which are not installed: run it in a source tree")
    process = subprocess.Popen([sys.executable, "-m", _MODULE, *arguments], cwd=root)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # the benchmark has got it too, and stops its system
            continue


def _absolute(path: Path | None) -> Path | None:
    return None if path is None else path.expanduser().absolute()
