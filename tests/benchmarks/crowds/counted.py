"""Counts composite crowds against their truth: ``python -m tests.benchmarks.crowds.counted --clips DIR --cache DIR``.

Prints, at each rate, counts and truth of each clip and what the tracks got wrong.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from shared.messages import Box, FrameResult
from tests.benchmarks.crowds.truth import Truth
from tests.worker.events.clip_results import at_rate, results_of_clip
from tests.worker.events.counting import judged
from tests.worker.events.identities import SEEN, Identities
from worker.events.verdict import JudgeState

_COLUMNS = "violations | of | people | of | switches | fragments | merges | false"


def row_of(clip: Path, cache: Path, fps: float) -> list[int]:
    """Count a clip at a rate: violations and people with their truth, switches, fragments, merges, false tracks."""
    truth: Truth = json.loads(clip.with_suffix(".json").read_text())
    identities = Identities()

    def watch(state: JudgeState, result: FrameResult) -> None:
        faces = truth["frames"][result.sequence] if result.sequence < len(truth["frames"]) else []
        identities.watch(state, [(each["person"], Box(*each["box"])) for each in faces if each["visible"] >= SEEN])

    counted = judged(at_rate(results_of_clip(clip, cache), fps), watch=watch)
    wrong = identities.mistakes()
    counts = [counted.violations, truth["violations"], counted.people, truth["people"]]
    return [*counts, wrong.switches, wrong.fragments, wrong.merges, wrong.false]


def summary_of(rows: Sequence[Sequence[int]]) -> str:
    """Over all clips: mean distance and share within one of violations and people, mistakes in all."""
    table = np.array(rows)
    off = np.abs(table[:, [0, 2]] - table[:, [1, 3]])
    parts = [
        f"{name}: off by {each.mean():.2f}, exact {(each == 0).mean():.0%}, within one {(each <= 1).mean():.0%}"
        for name, each in zip(("violations", "people"), off.T, strict=True)
    ]
    switches, fragments, merges, false = table[:, 4:].sum(axis=0)
    return f"{'; '.join(parts)}; switches {switches}, fragments {fragments}, merges {merges}, false {false}"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.crowds.counted", description=__doc__)
    parser.add_argument("--clips", type=Path, required=True, help="folder that tests.benchmarks.crowds filled")
    parser.add_argument("--cache", type=Path, required=True, help="folder that keeps what was found in the clips")
    parser.add_argument("--rates", type=float, nargs="+", default=[10.0, 5.0, 3.0, 2.0])
    parser.add_argument("--seeds", type=int, nargs="+", help="these alone")
    options = parser.parse_args()
    clips = sorted(options.clips.glob("crowd_*.mp4"), key=lambda clip: int(clip.stem.removeprefix("crowd_")))
    clips = [each for each in clips if not options.seeds or int(each.stem.removeprefix("crowd_")) in options.seeds]
    for fps in options.rates:
        rows = [row_of(clip, options.cache, fps) for clip in clips]
        print(f"\n{fps:g} frames/s\n\n| clip | {_COLUMNS} |\n|---{'|---' * 8}|")
        for clip, row in zip(clips, rows, strict=True):
            print(f"| {clip.stem} | {' | '.join(map(str, row))} |")
        print(f"\n{summary_of(rows)}", flush=True)


if __name__ == "__main__":
    main()
