"""Frames a second of one, two, three and four workers on this machine, and what each frame costs.

    python -m tests.benchmarks.worker_scaling [--workers N ...] [--threads T ...] [--cameras 8] [--seconds 10]
        [--whole] [--clip FILE] [--json FILE]

Real worker processes and a real server on the same cores. Frames are prepared from a clip at 1280x720, with the
regions that the motion gate of a producer gives them (or whole, with --whole), and are fed as fast as workers take
them; nobody judges the results. A worker's batch time is the time from one of its publications to the next.
"""

import argparse
import itertools
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from shared.connections import connect
from shared.messages import FrameOutcome
from tests.benchmarks.camera_costs import a_server, machine, markdown
from tests.benchmarks.camera_feeds import CLIP, Feed, default_clip
from tests.benchmarks.process_usage import cpu_s
from tests.benchmarks.worker_feed import Frame, FullSpeed, Taken, frames_of, running_workers

_WARM_UP_S, _WARM_UP_FRAMES = 4.0, 100  # of each worker: networks of all sizes are made ready


@dataclass(frozen=True)
class Speed:
    """Some workers at full speed; milliseconds of processor time a frame, of batches in time that passed."""

    workers: int
    threads: int  # of each, as set; 0 is one a core
    frames_a_second: float
    worker_cpu_ms: float
    server_cpu_ms: float
    feeder_cpu_ms: float
    frames_a_batch: float
    batch_p50_ms: float
    batch_p95_ms: float
    detections_a_frame: float
    worker_rss_mib: float


def speed_of(frames: Sequence[Frame], cameras: int, workers: int, threads: int, seconds: float) -> Speed:
    """Measure one number of workers with one number of threads each."""
    shown = {f"camera-{number}": _turned(frames, number * 7) for number in range(cameras)}
    with a_server() as url, tempfile.TemporaryDirectory() as folder, closing(connect(url)) as client:
        server = int(client.info("server")["process_id"])
        with running_workers(url, workers, Path(folder), {"WORKER_THREADS": str(threads)}) as processes:
            feed = FullSpeed(url, shown)
            feed.begin()
            _taken_for(feed, _WARM_UP_S, workers * _WARM_UP_FRAMES)
            pids = [each.pid for each in processes]
            before, began_at = _spent(pids, server), time.monotonic()
            taken = _taken_for(feed, seconds)
            passed = time.monotonic() - began_at
            after = _spent(pids, server)
            rss = [_rss_mib(pid) for pid in pids]
    batches, times_ms = _batches(taken)
    worker_ms, server_ms, feeder_ms = (
        round(1000 * (late - early) / len(taken), 2) for late, early in zip(after, before, strict=True)
    )
    return Speed(
        workers=workers,
        threads=threads,
        frames_a_second=round(len(taken) / passed, 1),
        worker_cpu_ms=worker_ms,
        server_cpu_ms=server_ms,
        feeder_cpu_ms=feeder_ms,
        frames_a_batch=round(len(taken) / batches, 1),
        batch_p50_ms=round(float(np.percentile(times_ms, 50)), 1),
        batch_p95_ms=round(float(np.percentile(times_ms, 95)), 1),
        detections_a_frame=round(float(np.mean([len(each.result().detections) for each in taken])), 2),
        worker_rss_mib=round(max(rss), 1),
    )


def _turned(frames: Sequence[Frame], by: int) -> list[Frame]:
    """Cameras do not all show the same at a time."""
    start = by % len(frames)
    return [*frames[start:], *frames[:start]]


def _taken_for(feed: FullSpeed, seconds: float, frames: int = 1) -> list[Taken]:
    """What is judged in so long, and longer where it is not so many frames."""
    until = time.monotonic() + seconds
    taken: list[Taken] = []
    while time.monotonic() < until or len(taken) < frames:
        taken += feed.take()
    return taken


def _spent(workers: Sequence[int], server: int) -> tuple[float, float, float]:
    return sum(map(cpu_s, workers)), cpu_s(server), time.process_time()


def _rss_mib(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def _batches(taken: Sequence[Taken]) -> tuple[int, list[int]]:
    """How many batches there were, and the milliseconds of each from the one before of the same worker."""
    published: defaultdict[str, set[int]] = defaultdict(set)
    for each in taken:
        result = each.result()
        if result.outcome is not FrameOutcome.PROCESSED:
            raise RuntimeError(f"a frame ended as {result.outcome}: {result.reason}")
        published[result.worker].add(each.published_ms)
    instants = [sorted(each) for each in published.values()]
    return sum(map(len, instants)), [later - one for each in instants for one, later in itertools.pairwise(each)]


def table(speeds: Sequence[Speed]) -> str:
    """In Markdown."""
    head = ["workers", "threads", "frames/s", "worker ms", "server ms", "feeder ms", "frames a batch", "batch p50 ms",
            "batch p95 ms", "RSS MiB"]  # fmt: skip
    return markdown(head, [_row(each) for each in speeds])


def _row(speed: Speed) -> list[str]:
    threads = str(speed.threads or "one a core")
    figures = (speed.frames_a_second, speed.worker_cpu_ms, speed.server_cpu_ms, speed.feeder_cpu_ms)
    batches = (speed.frames_a_batch, speed.batch_p50_ms, speed.batch_p95_ms, speed.worker_rss_mib)
    return [str(speed.workers), threads, *(f"{each:g}" for each in (*figures, *batches))]


def main() -> None:
    """Measure what the arguments name and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--workers", type=int, nargs="+", default=[1, 2, 3, 4], metavar="N", help="numbers of workers")
    add("--threads", type=int, nargs="+", default=[1, 0], metavar="T", help="threads of each; 0 is one a core")
    add("--cameras", type=int, default=8, metavar="N")
    add("--seconds", type=float, default=10.0, metavar="S", help="how long each is measured")
    add("--whole", action="store_true", help="all frames whole, as without the motion gate")
    add("--clip", type=Path, default=default_clip(), metavar="FILE", help=f"{CLIP.name} or the demo scene")
    add("--json", type=Path, metavar="FILE", help="write all figures there")
    asked = parser.parse_args()
    described = machine()
    frames = frames_of(Feed(clip=asked.clip), is_gated=not asked.whole)
    plans = itertools.product(asked.threads, asked.workers)
    speeds = [speed_of(frames, asked.cameras, workers, threads, asked.seconds) for threads, workers in plans]
    print(f"{described}; {asked.cameras} cameras of 1280x720", "", table(speeds), sep="\n")
    if asked.json:
        asked.json.write_text(json.dumps({"machine": described, "speeds": [asdict(each) for each in speeds]}, indent=1))


if __name__ == "__main__":
    main()
