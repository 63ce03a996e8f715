"""Crowds with known truth and errors of every kind, counted: ``python -m tests.worker.events.synthetic_crowd``.

Prints how far the counts of people and violations are off, for each level of noise. ``--write-golden`` makes the
scores the ones that may not get worse (see test_synthetic_crowd).
"""

import argparse
import json
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np

from shared.messages import FrameResult
from tests.worker.events.counting import judged
from tests.worker.events.crowd_scene import Crowd, scene_of
from tests.worker.events.identities import SEEN, Identities, Mistakes
from tests.worker.events.synthetic_sight import Noise, results_of
from worker.events.verdict import JudgeState

GOLDEN = Path(__file__).parents[2] / "golden" / "synthetic_crowd.json"
SUBSET = 30  # runs at each level that every test run repeats
LEVELS = {
    "none": Noise(wrong_labels=0, missing=0, lost_frames=0, false_faces=0),
    "light": Noise(wrong_labels=0.05, missing=0.1, lost_frames=0.02, false_faces=0.1),
    "usual": Noise(wrong_labels=0.1, missing=0.2, lost_frames=0.05, false_faces=0.2),
    "heavy": Noise(wrong_labels=0.2, missing=0.3, lost_frames=0.1, false_faces=0.4),
}
_UNIFORMED = 0.25  # share of crowds who all wear the same
RATES = (2, 3, 5, 10, 15, 30)  # frames a second


@dataclass(frozen=True)
class Run:
    """One scene at one level: by how much its counts were too high, and what the tracks got wrong."""

    fps: int
    people: int
    violations: int
    mistakes: Mistakes


@dataclass(frozen=True)
class Score:
    """How far a count is off over many runs: the mean distance, the shares that are exact and within one."""

    mean_error: float
    exact: float
    within_one: float


def run_of(level: str, seed: int) -> Run:
    """Count a crowd of 3 to 8 within 12 to 20 seconds, some in uniform; the seed gives the rate too."""
    random = np.random.default_rng((seed, 2))
    fps = int(random.choice(RATES))
    people, duration_s = int(random.integers(3, 9)), float(random.integers(12, 21))
    crowd = Crowd(people, duration_s, is_uniformed=bool(random.random() < _UNIFORMED))
    scene, identities = scene_of(crowd, seed), Identities()

    def watch(state: JudgeState, result: FrameResult) -> None:
        seen = [each for each in scene.sights_at(result.sequence / fps) if each.visible >= SEEN]
        identities.watch(state, [(each.walker.number, each.face) for each in seen])

    counted = judged(results_of(scene, LEVELS[level], fps, seed), watch=watch)
    return Run(fps, counted.people - scene.people, counted.violations - scene.violations, identities.mistakes())


def runs_of(level: str, seeds: Sequence[int], processes: int = 1) -> list[Run]:
    """A run for each seed."""
    if processes == 1:
        return [run_of(level, seed) for seed in seeds]
    with ProcessPoolExecutor(processes) as pool:
        return list(pool.map(partial(run_of, level), seeds, chunksize=10))


def scores_of(runs: Sequence[Run]) -> dict[str, Score]:
    """How far people and violations were off."""
    return {
        "people": _score([each.people for each in runs]),
        "violations": _score([each.violations for each in runs]),
    }


def _score(errors: Sequence[int]) -> Score:
    distances = np.abs(errors)
    shares = distances.mean(), (distances == 0).mean(), (distances <= 1).mean()
    return Score(*(round(float(share), 4) for share in shares))


def _row(name: str, runs: Sequence[Run]) -> str:
    cells = [
        f"{score.mean_error:.2f} | {score.exact:.1%} | {score.within_one:.1%}" for score in scores_of(runs).values()
    ]
    mistakes = [
        f"{np.mean([getattr(each.mistakes, kind) for each in runs]):.2f}"
        for kind in ("switches", "fragments", "merges", "false")
    ]
    return f"| {name} | {' | '.join(cells + mistakes)} |"


def _print_table(level: str, runs: Sequence[Run]) -> None:
    print(_row(f"{level}, all rates", runs))
    for fps in RATES:
        of_rate = [each for each in runs if each.fps == fps]
        if of_rate:
            print(_row(f"{level}, {fps} frames/s", of_rate), flush=True)


def _golden_entry(runs: Sequence[Run]) -> dict[str, object]:
    return {"runs": len(runs)} | {counted: asdict(score) for counted, score in scores_of(runs).items()}


def main() -> None:
    """Score all levels."""
    parser = argparse.ArgumentParser(prog="python -m tests.worker.events.synthetic_crowd", description=__doc__)
    parser.add_argument("--runs", type=int, default=1000, help="at each level")
    parser.add_argument("--first", type=int, default=0, help="seed of the first run")
    parser.add_argument("--levels", nargs="+", choices=LEVELS, default=list(LEVELS))
    parser.add_argument("--write-golden", action="store_true", help="make these scores the ones to hold")
    options = parser.parse_args()
    if options.write_golden and (options.first or options.levels != list(LEVELS) or options.runs < SUBSET):
        parser.error(f"golden scores are of all levels, from seed 0 on, and of {SUBSET} runs at least")
    print("| noise | people: mean error | exact | within one | violations: mean error | exact | within one", end="")
    print(" | switches | fragments | merges | false |\n" + "|---" * 11 + "|")
    golden = {}
    for level in options.levels:
        seeds = range(options.first, options.first + options.runs)
        runs = runs_of(level, seeds, processes=os.cpu_count() or 1)
        _print_table(level, runs)
        golden[level] = {"all": _golden_entry(runs), "subset": _golden_entry(runs[:SUBSET])}
    if options.write_golden:
        GOLDEN.write_text(json.dumps(golden, indent=2) + "\n")


if __name__ == "__main__":
    main()
