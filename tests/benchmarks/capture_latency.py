"""How long a picture takes from its camera into the stream that workers read.

    python -m tests.benchmarks.capture_latency [--seconds S] [--cameras N ...] [--only WORD] [--json FILE]

Pictures of 1280 x 720 show their number. The camera, another process of this machine, keeps when it began to
send which one; the server's clock, which is the same, is in the id of the entry that holds it, in whole
milliseconds. Pictures are encoded beforehand, so a real camera's own delay comes on top.
"""

import argparse
import itertools
import json
import time
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple, get_args

import numpy as np
from rich.progress import Progress

from shared.cameras import Motion
from shared.streams import JPEG
from tests.benchmarks.camera_costs import TAKEN_FPS, Plan, a_site, attach_until, machine, markdown
from tests.benchmarks.camera_feeds import Feed, Wire, default_clip, number_in
from tests.benchmarks.high_definition_cameras import Cameras, serving
from tests.drills.site import KEYS, Site
from tests.producer.builders import decoded

_SETTLE_S = 8.0  # what a camera sent while it was being opened comes late
_ID_STEP_S = 0.001


@dataclass(frozen=True)
class Latency:
    """Of one kind of camera behind one motion gate: milliseconds over all pictures of all cameras."""

    feed: str
    motion: Motion
    cameras: int
    pictures: int
    median_ms: float
    p90_ms: float
    p99_ms: float
    longest_ms: float


class _Entry(NamedTuple):
    at: float  # Unix time in seconds
    number: int


def latency_of(feed: Feed, motion: Motion, cameras: Cameras, count: int, plan: Plan) -> Latency:
    """Let a producer take ``count`` cameras' pictures for a while and look at them afterwards."""
    with a_site() as site:
        producer = site.start_producer({"MOTION": motion})
        ids = attach_until(site, cameras, count)
        time.sleep(plan.settle_s)
        began_at = time.time()
        time.sleep(plan.seconds)
        producer.terminate()
        producer.wait(20)
        taken = [_entries(site, camera, began_at) for camera in ids]
    delays = [delay for entries, sent in zip(taken, cameras.sent(), strict=False) for delay in _delays(entries, sent)]
    quantiles = np.quantile(np.array(delays) * 1000, (0.5, 0.9, 0.99, 1.0))
    return Latency(feed.name, motion, count, len(delays), *(round(float(each), 1) for each in quantiles))


def _entries(site: Site, camera: str, since: float) -> list[_Entry]:
    entries: Any = site.servers.frames.xrange(KEYS.frames(camera), min=f"{since * 1000:.0f}")
    return [_Entry(int(entry.partition(b"-")[0]) / 1000, number_in(decoded(fields[JPEG]))) for entry, fields in entries]


def _delays(entries: Sequence[_Entry], sent: Sequence[tuple[float, int]]) -> list[float]:
    """Seconds since a picture of that number was last sent before it was there."""
    by_number: dict[int, list[float]] = {}
    for at, number in sent:
        by_number.setdefault(number, []).append(at)
    delays = []
    for entry in entries:
        times = by_number[entry.number]
        before = bisect_right(times, entry.at + _ID_STEP_S)
        delays.append(entry.at + _ID_STEP_S / 2 - times[before - 1])
    return delays


def table(latencies: Sequence[Latency]) -> str:
    """The figures in Markdown."""
    head = ["cameras", "gate", "number", "pictures", "median ms", "90%", "99%", "longest"]
    rows = []
    for each in latencies:
        figures = (each.median_ms, each.p90_ms, each.p99_ms, each.longest_ms)
        rows.append([each.feed, each.motion, f"{each.cameras}", f"{each.pictures}", *(f"{ms:.0f}" for ms in figures)])
    return markdown(head, rows)


def main() -> None:
    """Measure what the arguments name and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--seconds", type=float, default=60.0, metavar="S", help="how long each is measured")
    add("--cameras", type=int, nargs="+", default=[1, 8], metavar="N", help="with how many cameras")
    add("--camera-fps", type=float, nargs="+", default=[TAKEN_FPS], metavar="F", help="that cameras send; 5 are taken")
    add("--only", default="", metavar="WORD", help="only kinds with this in their name: MJPEG or H.264")
    add("--json", type=Path, metavar="FILE", help="write all figures there")
    asked = parser.parse_args()
    feeds = [Feed(wire, fps, clip=default_clip()) for wire, fps in itertools.product(get_args(Wire), asked.camera_fps)]
    plan = Plan(asked.cameras, seconds=asked.seconds, settle_s=_SETTLE_S)
    run([each for each in feeds if asked.only in each.name], plan, asked.json)


def run(feeds: Sequence[Feed], plan: Plan, json_path: Path | None) -> None:
    """Measure and print."""
    described, latencies = machine(), []
    with Progress() as progress:
        for feed in feeds:
            numbered = replace(feed, is_numbered=True)
            task = progress.add_task(feed.name, total=len(plan.motions) * len(plan.cameras))
            with serving(numbered, max(plan.cameras)) as cameras:
                for motion, count in itertools.product(plan.motions, plan.cameras):
                    latencies.append(latency_of(numbered, motion, cameras, count, plan))
                    progress.advance(task)
    print(described, "", table(latencies), sep="\n")
    if json_path:
        figures = {"machine": described, "latencies": [asdict(each) for each in latencies]}
        json_path.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
