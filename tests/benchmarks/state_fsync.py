"""What it costs when counts are on the disk before they are answered for.

    python -m tests.benchmarks.state_fsync [--seconds 10] [--cameras 8] [--folder DIR] [--json FILE]

The product's own commits, each with the result of one frame with three faces, against a real state server that
keeps its log in ``--folder``: for some seconds as many as go, then at the pace of cameras with 5 frames a second.
"""

import argparse
import itertools
import json
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import redis

from shared.messages import Label
from tests.benchmarks.camera_costs import machine, markdown
from tests.builders import a_detection, a_result
from tests.worker.events.durable_server import a_durable_server
from tests.worker.events.one_camera import as_stream, take_camera
from worker.events.camera_stage import CameraStage

FPS = 5.0
FACES = (a_detection(x=200), a_detection(x=600, label=Label.WITH_MASK), a_detection(x=1000))


@dataclass(frozen=True)
class Cost:
    """One way: commits a second without a pause, and how long one takes at the cameras' pace, in milliseconds."""

    fsync: str
    commits_a_second: float
    median_ms: float
    most_ms_of_99_percent: float
    longest_ms: float


def measure(fsync: str, cameras: int, seconds: float, folder: str) -> Cost:
    """Both figures of one way."""
    with a_durable_server(fsync, folder) as (_, state):
        fast = _commits(state, [f"fast-{n}" for n in range(cameras)], seconds, 0.0)
        paced = 1000 * np.array(_commits(state, [f"cam-{n}" for n in range(cameras)], seconds, 1 / (FPS * cameras)))
    median, most = np.percentile(paced, [50, 99])
    return Cost(fsync, len(fast) / seconds, float(median), float(most), float(paced.max()))


def _commits(state: redis.Redis, cameras: Sequence[str], seconds: float, interval_s: float) -> list[float]:
    """How long each commit took, in seconds; the cameras take turns, ``interval_s`` apart."""
    stages = [take_camera(state, "benchmark", camera) for camera in cameras]
    took: list[float] = []
    began_at = time.monotonic()
    for number in itertools.count():
        due_at = began_at + number * interval_s
        time.sleep(max(0.0, due_at - time.monotonic()))
        if time.monotonic() - began_at > seconds:
            return took
        took.append(_commit(stages[number % len(stages)], number // len(stages)))
    raise AssertionError


def _commit(stage: CameraStage, sequence: int) -> float:
    entries = as_stream([a_result(sequence, *FACES, fps=FPS, on_overload="drop_oldest")])
    began_at = time.monotonic()
    stage.take(entries)
    return time.monotonic() - began_at


def fsync_ms(folder: str) -> float:
    """The median of what one small write and fsync takes in a folder."""
    took = []
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        for _ in range(50):
            began_at = time.monotonic()
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
            took.append(time.monotonic() - began_at)
    return 1000 * float(np.median(took))


def main() -> None:
    """Measure what the arguments say and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--seconds", type=float, default=10.0, metavar="S", help="for each of the four measurements")
    add("--cameras", type=int, default=8, metavar="N")
    add("--folder", default=tempfile.gettempdir(), metavar="DIR", help="on the disk to be measured; a short path")
    add("--json", type=Path, metavar="FILE", help="write all figures there")
    asked = parser.parse_args()
    if asked.seconds <= 0 or asked.cameras < 1 or not Path(asked.folder).is_dir():
        parser.error("--seconds must be above 0, --cameras 1 or more, and --folder a folder")
    where = f"{machine()}; a write of 4 KiB with fsync takes {fsync_ms(asked.folder):.2f} ms"
    costs = [measure(fsync, asked.cameras, asked.seconds, asked.folder) for fsync in ("everysec", "always")]
    head = ["fsync", "commits/s", "median ms", "99% ms", "longest ms"]
    rows = [[each.fsync, f"{each.commits_a_second:.0f}", *(f"{ms:.1f}" for ms in _ms(each))] for each in costs]
    print(where, "", markdown(head, rows), sep="\n")
    if asked.json:
        asked.json.write_text(json.dumps({"machine": where, "costs": [asdict(each) for each in costs]}, indent=1))


def _ms(cost: Cost) -> tuple[float, float, float]:
    return cost.median_ms, cost.most_ms_of_99_percent, cost.longest_ms


if __name__ == "__main__":
    main()
