"""What a camera costs its producer: processor time and memory, by kind of camera, content and motion gate.

    python -m tests.benchmarks.camera_costs [--only WORD] [--cameras N ...] [--seconds S] [--clip FILE] [--json FILE]

A real producer process takes 5 pictures a second of 1280 x 720 cameras that another process serves. Its
processor time (user and system, in percent of one core) and memory are read from /proc with one camera, then
with more; what one more camera costs is the slope through these. After that, pictures go through the
producer's steps one by one, to see where the time goes.
"""

import argparse
import itertools
import json
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, get_args

import numpy as np
from rich.progress import Progress

from deploy.local.servers import frames_server, url_of
from producer.live.picture_check import PictureCheck
from producer.live.sameness import SamePicture
from producer.motion.gate import MotionGate
from producer.pictures.encoding import encode, size_of
from producer.pictures.reduction import reduced_luma
from producer.publishing.publisher import FramesPublisher
from producer.sources.base import SourceLimits
from producer.sources.opening import open_live
from shared.cameras import Camera, Motion
from shared.connections import connect, is_reachable
from shared.messages import FrameHeader
from tests.benchmarks.camera_feeds import CLIP, Content, Feed, Wire, default_clip
from tests.benchmarks.high_definition_cameras import Cameras, serving
from tests.drills.site import KEYS, Site
from tests.producer.builders import status_of
from tests.waiting import eventually

TAKEN_FPS = 5.0
CAMERA_FPS = (5.0, 25.0)
STEPS = ("receive, decode", "reduce, check", "motion gate", "encode", "publish")
# Streams as short-lived as a site's; a drill's keep every frame.
_AS_ON_SITE = {"MAX_FRAMES_PER_CAMERA": "64", "MAX_FRAME_AGE_S": "10"}
_WARM_UP = 20  # pictures before the steps count


@dataclass(frozen=True)
class Plan:
    """How long and with what to measure."""

    cameras: Sequence[int] = (1, 4, 8)
    motions: Sequence[Motion] = ("off", "medium")
    seconds: float = 10.0
    settle_s: float = 4.0  # the gate learns the scene's noise, decoders start
    step_pictures: int = 120


@dataclass(frozen=True)
class Load:
    """A producer with so many cameras: percent of one core, MiB, pictures a second of all cameras together."""

    cameras: int
    cpu_percent: float
    rss_mib: float
    pss_mib: float
    taken_fps: float
    sent_fps: float


@dataclass(frozen=True)
class Cost:
    """One kind of camera behind one motion gate; the last three are of one more camera."""

    feed: str
    motion: Motion
    loads: tuple[Load, ...]
    cpu_percent: float
    rss_mib: float
    pss_mib: float


class _Reading(NamedTuple):
    at: float
    cpu_s: float
    taken: int
    sent: int


@contextmanager
def a_server() -> Iterator[str]:
    """The address of a server of its own, without a disk, that plays both roles."""
    with TemporaryDirectory(prefix="mw-", dir="/tmp") as folder:  # a short path: those of sockets are limited
        spec = frames_server(Path(folder))
        url = url_of(spec, Path(folder))
        process = subprocess.Popen(spec.argv, stdout=subprocess.DEVNULL)
        try:
            eventually(lambda: is_reachable(url))
            yield url
        finally:
            process.kill()
            process.wait()


@contextmanager
def a_site() -> Iterator[Site]:
    """Producers can be started on it."""
    with a_server() as url, TemporaryDirectory() as folder:
        site = Site(url, Path(folder))
        try:
            yield site
        finally:
            site.end()


def attach_until(site: Site, cameras: Cameras, count: int) -> list[str]:
    """The ids of the first ``count`` cameras, all attached and live."""
    ids = [f"camera-{number}" for number in range(count)]
    for camera, url in zip(ids, cameras.urls, strict=False):
        site.attach(camera, url, fps=TAKEN_FPS)
    site.wait_until("live", *ids)
    return ids


def machine() -> str:
    """Cores, processor and how busy it is with anything."""
    models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    model = models[0].partition(": ")[2] if models else "unknown processor"
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores of {model}, load {os.getloadavg()[0]:.1f} at the start"


def cost_of(feed: Feed, motion: Motion, cameras: Cameras, plan: Plan, progress: Progress) -> Cost:
    """Measure one producer from its first camera to its last."""
    task = progress.add_task(f"{feed.name}, gate {motion}", total=len(plan.cameras))
    loads = []
    with a_site() as site:
        producer = site.start_producer(_AS_ON_SITE | {"MOTION": motion})
        for count in plan.cameras:
            ids = attach_until(site, cameras, count)
            time.sleep(plan.settle_s)
            loads.append(_load(site, producer.pid, ids, plan.seconds))
            progress.advance(task)
            progress.refresh()
    counts = [each.cameras for each in loads]
    figures = zip(*((each.cpu_percent, each.rss_mib, each.pss_mib) for each in loads), strict=True)
    slopes = [_slope(counts, each) for each in figures]
    return Cost(feed.name, motion, tuple(loads), *slopes)


def _load(site: Site, pid: int, ids: Sequence[str], seconds: float) -> Load:
    before = _reading(site, pid, ids)
    time.sleep(seconds)
    after = _reading(site, pid, ids)
    passed = after.at - before.at
    rss, pss = memory_mib(pid)
    cpu, taken, sent = (later - earlier for later, earlier in zip(after[1:], before[1:], strict=True))
    rounded = (round(each, 2) for each in (100 * cpu / passed, rss, pss, taken / passed, sent / passed))
    return Load(len(ids), *rounded)


def _reading(site: Site, pid: int, ids: Sequence[str]) -> _Reading:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    cpu_s = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    statuses = [status_of(site.servers, each) for each in ids]
    sent = [site.servers.frames.xinfo_stream(KEYS.frames(each))["entries-added"] for each in ids]
    return _Reading(time.monotonic(), cpu_s, sum(each.captured for each in statuses if each), sum(sent))


def memory_mib(pid: int | str) -> tuple[float, float]:
    """Of a process: resident memory, and the same with what is shared divided by who shares it (RSS, PSS)."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    sizes = {line.partition(":")[0]: int(line.split()[1]) / 1024 for line in lines}
    return sizes["Rss"], sizes["Pss"]


def _slope(counts: Sequence[float], figures: Sequence[float]) -> float:
    return round(float(np.polyfit(counts, figures, 1)[0]), 2) if len(counts) > 1 else float("nan")


def steps_of(feed: Feed, pictures: int) -> dict[str, float]:
    """Milliseconds of processor time of all this process's threads that a picture costs in each step."""
    with a_server() as url, serving(feed) as cameras, closing(connect(url)) as frames:
        publisher = FramesPublisher(frames, KEYS, max_live=64, max_in_flight=128, max_results=2048)
        camera = Camera.model_validate({"id": "steps", "source": cameras.urls[0]})
        with closing(open_live(camera, camera.source, SourceLimits(), feed.fps)) as source:
            gate, check, same = MotionGate("medium", 1.5), PictureCheck(), SamePicture(8)
            spent, left_at = np.zeros(len(STEPS)), time.process_time()
            for number, picture in enumerate(itertools.islice(source.pictures(), _WARM_UP + pictures)):
                marks, now = [time.process_time()], time.monotonic()
                luma = reduced_luma(picture)
                assert luma is not None
                check.fault_of(picture, luma, now), same.hangs(luma, now)
                width, height = size_of(picture)
                marks.append(time.process_time())
                gate.look(luma, width, height, now)
                marks.append(time.process_time())
                jpeg = encode(picture, 90)
                marks.append(time.process_time())
                publisher.publish(_header(number, width, height), jpeg, 1)
                marks.append(time.process_time())
                spent += np.diff([left_at, *marks]) if number >= _WARM_UP else 0.0
                left_at = marks[-1]
    return {step: round(1000 * float(each) / pictures, 2) for step, each in zip(STEPS, spent, strict=True)}


def _header(number: int, width: int, height: int) -> FrameHeader:
    at = datetime.now(UTC)
    return FrameHeader(camera="steps", epoch=1, sequence=number, captured_at=at, width=width, height=height)


def costs_table(costs: Sequence[Cost]) -> str:
    """What one more camera costs, in Markdown."""
    counts = [f"{load.cameras}" for load in costs[0].loads] if costs else []
    head = ["cameras", "gate", *(f"% of a core, {each}" for each in counts)]
    head += ["% of a core, one more", "RSS MiB, first", "RSS MiB, one more", "sent/s a camera"]
    rows = []
    for cost in costs:
        last = cost.loads[-1]
        figures = [*(load.cpu_percent for load in cost.loads), cost.cpu_percent, cost.loads[0].rss_mib, cost.rss_mib]
        rows.append(
            [cost.feed, cost.motion, *(f"{each:.1f}" for each in figures), f"{last.sent_fps / last.cameras:.1f}"]
        )
    return markdown(head, rows)


def steps_table(steps: dict[str, dict[str, float]]) -> str:
    """Where the time goes, in Markdown: milliseconds of processor time a picture."""
    return markdown(
        ["ms a picture", *STEPS], [[name, *(f"{each:.2f}" for each in of.values())] for name, of in steps.items()]
    )


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table."""
    lines = [" | ".join(each) for each in (head, ["---"] * len(head), *rows)]
    return "\n".join(f"| {line} |" for line in lines)


def main() -> None:
    """Measure what the arguments name and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--only", default="", metavar="WORD", help='only kinds with this in their name, such as "H.264 25 fps, moving"')
    add("--cameras", type=int, nargs="+", default=[1, 4, 8], metavar="N", help="with how many cameras, rising")
    add("--seconds", type=float, default=10.0, metavar="S", help="how long each number of cameras is measured")
    add("--clip", type=Path, default=default_clip(), metavar="FILE", help=f"what moves; {CLIP.name} or the demo scene")
    add("--json", type=Path, metavar="FILE", help="write all figures there")
    asked = parser.parse_args()
    if asked.clip and not asked.clip.is_file():
        parser.error(f"there is no clip {asked.clip}")
    feeds = [Feed(*each, clip=asked.clip) for each in itertools.product(get_args(Wire), CAMERA_FPS, get_args(Content))]
    run([each for each in feeds if asked.only in each.name], Plan(asked.cameras, seconds=asked.seconds), asked.json)


def run(feeds: Sequence[Feed], plan: Plan, json_path: Path | None) -> None:
    """Measure and print."""
    described = machine()
    costs, steps = [], {}
    # Refreshed by hand: a thread that draws would be measured too.
    with Progress(auto_refresh=False) as progress:
        for feed in feeds:
            with serving(feed, max(plan.cameras)) as cameras:
                costs += [cost_of(feed, motion, cameras, plan, progress) for motion in plan.motions]
            steps[feed.name] = steps_of(feed, plan.step_pictures)
    print(described, f"moving: {feeds[0].clip.name if feeds and feeds[0].clip else 'the demo scene'}", sep="\n")
    print("", costs_table(costs), "", steps_table(steps), sep="\n")
    if json_path:
        figures = {"machine": described, "costs": [asdict(each) for each in costs], "steps": steps}
        json_path.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
