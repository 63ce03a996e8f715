"""Whether a worker that judges a hundred thousand frames grows, and how much memory it holds.

    python -m tests.benchmarks.worker_memory [--frames 100000] [--every 1000] [--sizes WxH ...] [--threads T]
        [--clip FILE] [--json FILE]

One real worker process and a real server. Cameras of several sizes, with regions and whole, one with a crowd, one
whose pictures are broken now and then; another model version is promoted every tenth of the run. After each so many
frames the worker's memory, open files and threads are read from /proc; of memory, the least of ten readings, since
pictures in hand come and go. Ends with 1 where it grows or holds too much.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from rich.progress import Progress

from producer.sources.base import Pixels
from shared.model_registry import ModelRegistry
from shared.streams import MODELS_CHANGED
from tests.benchmarks.camera_costs import a_server, machine, markdown
from tests.benchmarks.camera_feeds import CLIP, Feed, default_clip, pictures_of
from tests.benchmarks.process_usage import Usage, usage_of
from tests.benchmarks.trends import WARM_UP, Slope, rise_of, slope_of
from tests.benchmarks.worker_feed import Frame, FullSpeed, a_frame, encoded, frames_of, running_workers
from tests.worker.versions import a_registry, publish_copy

MOST_MIB = 350.0
MOST_RISE_MIB = 4.0  # from the warm-up to the end, by the slope: less is a page here and there
SIZES = ((1280, 720), (1920, 1080), (640, 480), (704, 576), (2560, 1440))
_ROUND_S = 8.0
_CROWD = (5, 3)  # a picture is shown so many times across and down in a crowd's
_BROKEN_EVERY = 20
_RELOADS = 10
_READINGS = 10


@dataclass(frozen=True)
class Sample:
    """The worker after so many frames."""

    frames: int
    usage: Usage


@dataclass(frozen=True)
class Outcome:
    """What a run came to."""

    samples: tuple[Sample, ...]
    outcomes: dict[str, int]
    versions: tuple[int, ...]
    detections: int
    frames_a_second: float
    most_mib: float  # the largest resident memory seen

    @property
    def kib_a_thousand(self) -> Slope:
        """KiB of resident memory that a thousand frames add."""
        return slope_of([each.frames / 1000 for each in self.samples], [each.usage.rss_kib for each in self.samples])

    @property
    def grows(self) -> bool:
        """Whether the rise is more than chance would make it, and not a trifle."""
        slope, thousands = self.kib_a_thousand, self.samples[-1].frames / 1000
        return slope.at_least > 0 and slope.value * (1 - WARM_UP) * thousands > 1024 * MOST_RISE_MIB

    @property
    def faults(self) -> list[str]:
        """What is wrong, in words; empty where nothing is."""
        more_files = rise_of([each.usage.descriptors for each in self.samples])
        more_threads = rise_of([each.usage.threads for each in self.samples])
        checks = {
            f"holds more than {MOST_MIB:.0f} MiB": self.most_mib > MOST_MIB,
            "memory grows": self.grows,
            "open files grow": more_files >= 1,
            "threads grow": more_threads >= 1,
        }
        return [fault for fault, is_so in checks.items() if is_so]


def mixed_cameras(clip: Path | None, sizes: Sequence[tuple[int, int]] = SIZES) -> dict[str, list[Frame]]:
    """A camera of each size, gated and whole in turn, a crowd, and one with broken pictures."""
    feed = Feed(clip=clip, loop_s=_ROUND_S)
    cameras = {
        f"size-{width}": frames_of(replace(feed, size=(width, height)), is_gated=number % 2 == 0)
        for number, (width, height) in enumerate(sizes)
    }
    cameras["crowd"] = [a_frame(encoded(_crowd(each)), (1280, 720)) for each in pictures_of(feed)]
    cameras["broken"] = [_broken(frame, number) for number, frame in enumerate(frames_of(feed))]
    return cameras


def _crowd(picture: Pixels) -> Pixels:
    across, down = _CROWD
    small = cv2.resize(picture, (1280 // across, 720 // down), interpolation=cv2.INTER_AREA)
    return np.asarray(np.tile(small, (down, across, 1)), np.uint8)


def _broken(frame: Frame, number: int) -> Frame:
    """Every so many cut in the middle, garbage or empty, in turn."""
    turn, is_sound = divmod(number, _BROKEN_EVERY)
    if is_sound:
        return frame
    return replace(frame, jpeg=(frame.jpeg[: len(frame.jpeg) // 2], bytes(2000), b"")[turn % 3])


def run(
    cameras: Mapping[str, Sequence[Frame]], frames: int, every: int, threads: int, progress: Progress
) -> Iterator[Outcome]:
    """Let one worker judge so many frames; what it came to, after each so many more and at the end."""
    task = progress.add_task("frames judged", total=frames)
    with a_server() as url, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        registry = a_registry(folder / "registry")
        other = publish_copy(registry)
        settings = {"REGISTRY": str(folder / "registry"), "WORKER_THREADS": str(threads)}
        with running_workers(url, 1, folder, settings) as (worker,):
            feed = FullSpeed(url, cameras)
            feed.begin()
            counted, began_at = _Counted(), time.monotonic()
            readings: list[Sample] = []
            for promoted in _promotions(feed, counted, frames, (other, 1)):
                if promoted:
                    _promote(feed, registry, promoted)
                progress.update(task, completed=counted.frames)
                if counted.frames >= every / _READINGS * (len(readings) + 1):
                    readings.append(Sample(counted.frames, usage_of(worker.pid)))
                    if len(readings) % _READINGS == 0 and len(readings) > _READINGS:
                        yield _outcome(readings, counted, time.monotonic() - began_at)
            yield _outcome(readings, counted, time.monotonic() - began_at)


def _outcome(readings: Sequence[Sample], counted: "_Counted", seconds: float) -> Outcome:
    most_mib = round(max(each.usage.rss_kib for each in readings) / 1024, 1)
    rate, versions = round(counted.frames / seconds, 1), tuple(sorted(counted.versions))
    return Outcome(least_of(readings), dict(counted.outcomes), versions, counted.detections, rate, most_mib)


def least_of(readings: Sequence[Sample]) -> tuple[Sample, ...]:
    """Of each so many readings the one with the least memory."""
    parts = (readings[at : at + _READINGS] for at in range(0, len(readings), _READINGS))
    return tuple(min(part, key=lambda each: each.usage.rss_kib) for part in parts)


class _Counted:
    """What came out so far."""

    def __init__(self) -> None:
        self.frames = self.detections = 0
        self.outcomes: Counter[str] = Counter()
        self.versions: set[int] = set()


def _promotions(feed: FullSpeed, counted: _Counted, frames: int, versions: Sequence[int]) -> Iterator[int]:
    """Take results until there are enough; the version to promote now and then, else 0."""
    reloads = 0
    while counted.frames < frames:
        for each in feed.take():
            result = each.result()
            counted.frames += 1
            counted.detections += len(result.detections)
            counted.outcomes[result.outcome] += 1
            counted.versions.add(result.model_version)
        is_due = counted.frames >= (reloads + 1) * frames / _RELOADS
        yield versions[reloads % len(versions)] if is_due else 0
        reloads += is_due


def _promote(feed: FullSpeed, registry: ModelRegistry, version: int) -> None:
    registry.promote(version)
    feed.state.publish(MODELS_CHANGED, "")


def table(outcome: Outcome) -> str:
    """In Markdown, with the verdict."""
    head = ["frames", "RSS MiB", "PSS MiB", "files", "threads"]
    shown = outcome.samples[:: max(1, len(outcome.samples) // 10)]
    slope = outcome.kib_a_thousand
    ended = ", ".join(f"{name} {count}" for name, count in outcome.outcomes.items())
    said = [
        markdown(head, [_row(each) for each in shown]),
        "",
        f"{slope.value:+.1f} ± {slope.standard_error:.1f} KiB a thousand frames, {outcome.most_mib} MiB at most",
        f"{outcome.frames_a_second} frames/s, {outcome.detections} faces; {ended}; model versions {outcome.versions}",
        "; ".join(outcome.faults).upper() or "flat",
    ]
    return "\n".join(said)


def _row(sample: Sample) -> list[str]:
    usage = sample.usage
    sizes = (f"{each / 1024:.1f}" for each in (usage.rss_kib, usage.pss_kib))
    return [str(sample.frames), *sizes, str(usage.descriptors), str(usage.threads)]


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    return int(width), int(height)


def main() -> int:
    """Run what the arguments name and print the table; 1 where something grows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--frames", type=int, default=100_000, metavar="N", help="to be judged; at least eight times --every")
    add("--every", type=int, default=1_000, metavar="N", help="look at the process after so many frames")
    add("--sizes", type=_size, nargs="+", default=SIZES, metavar="WxH", help="of the cameras without a crowd")
    add("--threads", type=int, default=0, metavar="T", help="of the worker; 0 is one a core")
    add("--clip", type=Path, default=default_clip(), metavar="FILE", help=f"{CLIP.name} or the demo scene")
    add("--json", type=Path, metavar="FILE", help="write all samples there, anew after each")
    asked = parser.parse_args()
    if asked.frames < 8 * asked.every:
        parser.error("--frames must be eight times --every or more: a trend needs some samples")
    described = machine()
    cameras = mixed_cameras(asked.clip, asked.sizes)
    with Progress() as progress:
        for outcome in run(cameras, asked.frames, asked.every, asked.threads, progress):
            if asked.json:  # at every step: a run takes long and may be cut off
                asked.json.write_text(json.dumps({"machine": described, **asdict(outcome)}, indent=1))
    print(described, "", table(outcome), sep="\n")
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
