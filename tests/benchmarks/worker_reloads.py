"""Whether a worker keeps memory behind each reload of its model, and how long a promotion takes to be served.

    python -m tests.benchmarks.worker_reloads [--reloads 40] [--frames 200] [--workers 1] [--threads 1]
        [--clip FILE] [--json FILE]

Real worker processes that are never out of work, and a real server; two versions that did not ship are promoted in
turns. So many frames behind each reload the first worker's memory is read from /proc; the least of ten readings,
since pictures in hand come and go. Ends with 1 where it grows.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from rich.progress import Progress

from shared.model_registry import ModelRegistry
from shared.streams import MODELS_CHANGED
from tests.benchmarks.camera_costs import a_server, machine
from tests.benchmarks.camera_feeds import CLIP, default_clip
from tests.benchmarks.process_usage import usage_of
from tests.benchmarks.trends import WARM_UP, Slope, slope_of
from tests.benchmarks.worker_feed import Frame, FullSpeed, running_workers
from tests.benchmarks.worker_memory import MOST_RISE_MIB, mixed_cameras
from tests.worker.versions import a_registry, publish_unshipped

SIZES = ((1280, 720), (640, 480))
_READINGS = 10


@dataclass(frozen=True)
class Reload:
    """One promotion: until all workers judged with it, and the first one's memory some frames later."""

    served_ms: int
    rss_kib: int


@dataclass(frozen=True)
class Outcome:
    """What a run came to."""

    reloads: tuple[Reload, ...]

    @property
    def kib_a_reload(self) -> Slope:
        """KiB of resident memory that a reload adds."""
        return slope_of([float(n) for n in range(len(self.reloads))], [each.rss_kib for each in self.reloads])

    @property
    def grows(self) -> bool:
        """Whether the rise is more than chance would make it, and not a trifle."""
        slope, reloads = self.kib_a_reload, len(self.reloads)
        return slope.at_least > 0 and slope.value * (1 - WARM_UP) * reloads > 1024 * MOST_RISE_MIB


class Rounds:
    """Promotes a version and looks at the workers behind it."""

    def __init__(self, feed: FullSpeed, registry: ModelRegistry, pids: Sequence[int]) -> None:
        """The workers judge what ``feed`` gives with what ``registry`` promotes."""
        self._feed = feed
        self._registry = registry
        self._pids = pids

    def reload(self, version: int, frames: int) -> Reload:
        """Promote ``version``, and look when so many frames have been judged with it."""
        promoted_ms = time.time() * 1000
        self._registry.promote(version)
        self._feed.state.publish(MODELS_CHANGED, "")
        served_ms = self._served_ms(version)
        return Reload(round(served_ms - promoted_ms), min(self._rss_kib(frames) for _ in range(_READINGS)))

    def _served_ms(self, version: int) -> int:
        """When the last worker published its first result of this version."""
        serving: dict[str, int] = {}
        while len(serving) < len(self._pids):
            for each in self._feed.take():
                result = each.result()
                if result.model_version == version:
                    serving.setdefault(result.worker, each.published_ms)
        return max(serving.values())

    def _rss_kib(self, frames: int) -> int:
        """Behind a tenth of so many frames."""
        judged = 0
        while judged < frames / _READINGS:
            judged += len(self._feed.take())
        return usage_of(self._pids[0]).rss_kib


def run(
    cameras: Mapping[str, Sequence[Frame]], reloads: int, frames: int, workers: int, threads: int, progress: Progress
) -> Outcome:
    """Promote so many times, with so many frames behind each."""
    with a_server() as url, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        registry = a_registry(folder / "registry")
        versions = [publish_unshipped(registry) for _ in range(2)]
        settings = {"REGISTRY": str(folder / "registry"), "WORKER_THREADS": str(threads)}
        with running_workers(url, workers, folder, settings) as processes:
            feed = FullSpeed(url, cameras)
            feed.begin()
            rounds = Rounds(feed, registry, [each.pid for each in processes])
            numbers = progress.track(range(reloads), description="reloads")
            return Outcome(tuple(rounds.reload(versions[number % 2], frames) for number in numbers))


def told(outcome: Outcome) -> str:
    """In words."""
    served_ms = [each.served_ms for each in outcome.reloads]
    rss_mib = [round(each.rss_kib / 1024) for each in outcome.reloads]
    slope = outcome.kib_a_reload
    return "\n".join([
        f"RSS MiB behind each reload: {rss_mib}",
        f"{slope.value:+.0f} ± {slope.standard_error:.0f} KiB a reload: {'GROWS' if outcome.grows else 'flat'}",
        f"promotion until all serve: {np.median(served_ms):.0f} ms in the median, {max(served_ms)} at the most",
    ])  # fmt: skip


def main() -> int:
    """Run what the arguments name and print the outcome; 1 where memory grows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--reloads", type=int, default=40, metavar="N", help="at least ten")
    add("--frames", type=int, default=200, metavar="N", help="to be judged behind each")
    add("--workers", type=int, default=1, metavar="N")
    add("--threads", type=int, default=1, metavar="T", help="of a worker; 0 is one a core")
    add("--clip", type=Path, default=default_clip(), metavar="FILE", help=f"{CLIP.name} or the demo scene")
    add("--json", type=Path, metavar="FILE", help="write all readings there")
    asked = parser.parse_args()
    if asked.reloads < 10:
        parser.error("--reloads must be ten or more: a trend needs some samples")
    described, cameras = machine(), mixed_cameras(asked.clip, SIZES)
    with Progress() as progress:
        outcome = run(cameras, asked.reloads, asked.frames, asked.workers, asked.threads, progress)
    print(described, "", told(outcome), sep="\n")
    if asked.json:
        asked.json.write_text(json.dumps({"machine": described, **asdict(outcome)}, indent=1))
    return 1 if outcome.grows else 0


if __name__ == "__main__":
    sys.exit(main())
