"""What the capacity benchmark is asked for, checked before anything starts."""

import argparse
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NoReturn, get_args

from deploy.local.system import usual_workers
from shared.settings import PREFIX, UnknownSetting, refuse_unknown

WireChoice = Literal["mjpeg", "h264", "both"]
SceneChoice = Literal["busy", "mixed", "still"]

MOST_CAMERAS = 400
MOST_WORKERS = 256

_ABOUT = """How many cameras of 1280 x 720 pixels and 5 pictures a second this machine holds.

A whole system as `maskwatch up` starts it gets more and more cameras, which another process simulates, until
pictures are dropped or the 95th percentile of the time from picture to result is longer than --target-ms.
Then the number in between is looked for. Everything runs on this machine and counts, the cameras too."""


@dataclass(frozen=True)
class Options:
    """Durations are in seconds; ``settings`` holds variables by their full name."""

    wire: WireChoice = "mjpeg"
    scene: SceneChoice = "busy"
    clip: Path | None = None
    workers: int = usual_workers()
    start: int = 8
    step: int = 8
    most: int = 96
    seconds: float = 20.0
    settle_s: float = 8.0
    target_ms: float = 500.0
    settings: Mapping[str, str] = field(default_factory=dict)
    json_path: Path | None = None


class BadOption(ValueError):
    """An option that cannot be meant; the message says which and what it may be."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise BadOption(message)


def parsed(arguments: Sequence[str]) -> Options:
    """The options of a command line.

    Raises:
        BadOption: with one line that says what to correct.
    """
    given = vars(_parser().parse_args(arguments))
    return checked(Options(**{**given, "settings": dict(_setting(each) for each in given["settings"])}))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser("capacity", description=_ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter)
    default, add = Options(), parser.add_argument
    add(
        "--wire",
        choices=get_args(WireChoice),
        default=default.wire,
        help="MJPEG over HTTP, H.264 over RTSP, or half of each (mjpeg)",
    )
    add(
        "--scene",
        choices=get_args(SceneChoice),
        default=default.scene,
        help="people move in all pictures, in one camera of four, or in none (busy); what holds still has a sensor's "
        "noise",
    )
    add(
        "--clip",
        type=Path,
        metavar="FILE",
        help="what busy cameras show, each from another place on; drawn people where there is no filmed clip",
    )
    add(
        "--workers",
        type=int,
        default=default.workers,
        metavar="N",
        help="inference workers; as `up` runs them without",
    )
    add("--start", type=int, default=default.start, metavar="N", help="cameras of the first step (8)")
    add("--step", type=int, default=default.step, metavar="N", help="how many more each time (8)")
    add(
        "--most",
        type=int,
        default=default.most,
        metavar="N",
        help="where to end; with as many as --start no other number is measured (96)",
    )
    add("--seconds", type=float, default=default.seconds, metavar="S", help="how long a step is measured (20)")
    add(
        "--settle-s",
        type=float,
        default=default.settle_s,
        metavar="S",
        help="how long cameras run before that; scenes and their noise are learnt then (8)",
    )
    add(
        "--target-ms",
        type=float,
        default=default.target_ms,
        metavar="MS",
        help="the longest 95th percentile from picture to result (500)",
    )
    add(
        "--set",
        action="append",
        default=[],
        dest="settings",
        metavar="NAME=VALUE",
        help="a setting of the system, such as BATCH_FRAMES=16; can be given several times",
    )
    add("--json", type=Path, dest="json_path", metavar="FILE", help="write all figures there")
    return parser  # fmt: skip


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise BadOption(f"--set {text!r} is not NAME=VALUE, such as BATCH_FRAMES=16")
    return PREFIX + name.upper().removeprefix(PREFIX), value


def checked(options: Options) -> Options:
    """The same options.

    Raises:
        BadOption: one of them is out of its range.
    """
    _check(1 <= options.start <= options.most <= MOST_CAMERAS, f"1 <= --start <= --most <= {MOST_CAMERAS} must hold")
    _check(1 <= options.step <= MOST_CAMERAS, f"--step is 1 to {MOST_CAMERAS}")
    _check(1 <= options.workers <= MOST_WORKERS, f"--workers is 1 to {MOST_WORKERS}")
    _check(1 <= options.seconds <= 3600, "--seconds is 1 to 3600")
    _check(0 <= options.settle_s <= 3600, "--settle-s is 0 to 3600")
    _check(math.isfinite(options.target_ms) and options.target_ms > 0, "--target-ms is above 0")
    _check(options.clip is None or options.clip.is_file(), f"there is no clip {options.clip}")
    folder = options.json_path.resolve().parent if options.json_path else None
    _check(folder is None or folder.is_dir(), f"there is no folder {folder} for --json")
    try:
        refuse_unknown(options.settings)
    except UnknownSetting as error:
        raise BadOption(str(error)) from error
    return options


def _check(is_right: bool, message: str) -> None:
    if not is_right:
        raise BadOption(message)
