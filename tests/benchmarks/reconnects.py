"""Whether a producer that opens cameras again and again keeps something of each: memory, files, threads.

    python -m tests.benchmarks.reconnects [--cycles N] [--only WORD] [--json FILE]

A camera that fails is tried again up to 480 times an hour; here one attempt follows the other at once.
Three ways: the camera hangs up on a whole producer within this process, which opens it again; the product's
sources are opened, read and closed by us; and nothing listens at the address. Ends with 1 where something grows.
"""

import argparse
import gc
import itertools
import json
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import asdict, astuple, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import numpy as np
from rich.progress import Progress

from producer.live import memory
from producer.pictures.encoding import encode
from producer.pictures.reduction import reduced_luma
from producer.sources.base import SourceError, SourceLimits
from producer.sources.opening import open_live
from shared.cameras import Camera
from shared.connections import connect_both
from tests.benchmarks.camera_costs import a_server, machine, markdown, memory_mib
from tests.benchmarks.camera_feeds import Feed, Wire, default_clip
from tests.benchmarks.high_definition_cameras import serving
from tests.producer.builders import attach, running_producer
from tests.producer.servers import free_port
from tests.waiting import eventually

PICTURES = 5  # of each connection
MOST_KIB = 4.0  # a cycle; at 11,500 a day, which are the most, that would be 45 MiB
_WARM_UP = 0.2  # of the run: libraries load, pools and caches fill

Cycles = Callable[[Feed, int, int], Iterator[int]]  # of a feed: so many cycles, a mark after each so many


@dataclass(frozen=True)
class Plan:
    """How many cycles, after how many each to look at the process, and how."""

    cycles: int
    every: int = 10


@dataclass(frozen=True)
class Sample:
    """This process after so many cycles."""

    cycles: int
    rss_kib: float
    descriptors: int
    threads: int


@dataclass(frozen=True)
class Trend:
    """From the end of the warm-up on: KiB that a cycle adds, by least squares, and the error of that."""

    name: str
    samples: tuple[Sample, ...]
    kib_a_cycle: float
    standard_error: float
    more_descriptors: float
    more_threads: float

    @property
    def is_flat(self) -> bool:
        """Whether nothing grows that a site would notice."""
        is_little = self.kib_a_cycle + 2 * self.standard_error < MOST_KIB
        return is_little and self.more_descriptors < 1 and self.more_threads < 1


def camera_hangs_up(feed: Feed, cycles: int, every: int) -> Iterator[int]:
    """The camera hangs up, and a producer in a thread of this process opens it again."""
    hanging_up = replace(feed, hang_up_after=PICTURES)
    with a_server() as url, serving(hanging_up) as cameras, TemporaryDirectory() as folder:
        with closing(connect_both(url, url)) as servers:
            attach(servers, Camera.model_validate({"id": "gate", "source": cameras.urls[0], "fps": feed.fps}))
        with running_producer(url, max_backoff_s=0.01, camera_key_file=Path(folder) / "camera.key"):
            for due in range(every, cycles + 1, every):
                eventually(lambda due=due: cameras.connections()[0] > due, 60 + 5 * every, 0.05)  # type: ignore[misc]
                yield due


def we_hang_up(feed: Feed, cycles: int, every: int) -> Iterator[int]:
    """We hang up."""
    with serving(feed) as cameras:
        camera = Camera.model_validate({"id": "gate", "source": cameras.urls[0]})
        for cycle in range(1, cycles + 1):
            with closing(open_live(camera, camera.source, SourceLimits(), feed.fps)) as source:
                for picture in itertools.islice(source.pictures(), PICTURES):
                    reduced_luma(picture), encode(picture, 90)
            memory.give_back()  # as the producer's reader does
            if cycle % every == 0:
                yield cycle


def nothing_listens(feed: Feed, cycles: int, every: int) -> Iterator[int]:
    """Nothing listens."""
    scheme = "http" if feed.wire == "mjpeg" else "rtsp"
    camera = Camera.model_validate({"id": "gate", "source": f"{scheme}://127.0.0.1:{free_port()}/live"})
    for cycle in range(1, cycles + 1):
        with suppress(SourceError):
            open_live(camera, camera.source, SourceLimits(), feed.fps).close()
        if cycle % every == 0:
            yield cycle


WAYS: dict[str, Cycles] = {
    "the camera hangs up": camera_hangs_up,
    "we hang up": we_hang_up,
    "nothing listens": nothing_listens,
}


def trend_of(name: str, samples: Sequence[Sample]) -> Trend:
    """What the samples behind the warm-up tell; at least four are needed there."""
    kept = samples[round(_WARM_UP * len(samples)) :]
    cycles, rss, descriptors, threads = np.array([astuple(each) for each in kept], float).T
    (slope, _), covariance = np.polyfit(cycles, rss, 1, cov=True)
    part = max(1, len(kept) // 4)
    more = [float(np.median(each[-part:]) - np.median(each[:part])) for each in (descriptors, threads)]
    error = float(np.sqrt(covariance[0, 0]))
    return Trend(name, tuple(samples), round(float(slope), 3), round(error, 3), *more)


def _sampled(cycles: int) -> Sample:
    gc.collect()
    rss_mib, _ = memory_mib("self")
    descriptors, threads = (len(list(Path(f"/proc/self/{each}").iterdir())) for each in ("fd", "task"))
    return Sample(cycles, rss_mib * 1024, descriptors, threads)


def measured(feed: Feed, way: str, plan: Plan, progress: Progress) -> Trend:
    """Run one kind of camera, opened in one of ``WAYS``."""
    name = f"{'MJPEG over HTTP' if feed.wire == 'mjpeg' else 'H.264 over RTSP'}, {way}"
    task, samples = progress.add_task(name, total=plan.cycles), []
    for done in WAYS[way](feed, plan.cycles, plan.every):
        samples.append(_sampled(done))
        progress.update(task, completed=done)
    return trend_of(name, samples)


def table(trends: Sequence[Trend]) -> str:
    """The trends in Markdown."""
    head = ["camera", "cycles", "RSS MiB, first to last", "KiB a cycle", "files", "threads", "verdict"]
    return markdown(head, [_row(each) for each in trends])


def _row(trend: Trend) -> list[str]:
    first, last = trend.samples[0], trend.samples[-1]
    return [
        trend.name,
        f"{last.cycles}",
        f"{first.rss_kib / 1024:.1f} to {last.rss_kib / 1024:.1f}",
        f"{trend.kib_a_cycle:+.2f} ± {trend.standard_error:.2f}",
        f"{first.descriptors} to {last.descriptors}",
        f"{first.threads} to {last.threads}",
        "flat" if trend.is_flat else "GROWS",
    ]


def main() -> int:
    """Run what the arguments name and print the table; 1 where something grows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--cycles", type=int, default=500, metavar="N", help="of each kind and way, at least 50")
    add("--only", default="", metavar="WORD", help='only ways with this in their name, such as "we hang up"')
    add("--json", type=Path, metavar="FILE", help="write all samples there")
    asked = parser.parse_args()
    if asked.cycles < 50:
        parser.error("--cycles must be 50 or more: a trend needs some samples")
    ways = [way for way in WAYS if asked.only in way]
    if not ways:
        parser.error(f"--only is part of one of: {', '.join(WAYS)}")
    return run(Feed(fps=25, loop_s=2, clip=default_clip()), ways, Plan(asked.cycles), asked.json)


def run(feed: Feed, ways: Sequence[str], plan: Plan, json_path: Path | None) -> int:
    """Measure and print; the feed's pictures over either wire."""
    described = machine()
    # A producer says of every reconnect that it happened.
    logging.getLogger("producer").setLevel(logging.ERROR)
    trends = []
    with Progress() as progress:
        for wire, way in itertools.product(get_args(Wire), ways):
            trends.append(measured(replace(feed, wire=wire), way, plan, progress))
    print(described, "", table(trends), sep="\n")
    if json_path:
        json_path.write_text(json.dumps({"machine": described, "trends": [asdict(each) for each in trends]}, indent=1))
    return 0 if all(each.is_flat for each in trends) else 1


if __name__ == "__main__":
    sys.exit(main())
