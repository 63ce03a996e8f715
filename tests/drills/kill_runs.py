"""Judges the same clips again and again while processes are killed and paused at random; every total must stay.

    python -m tests.drills.kill_runs [--runs 50] [--seed N] [--json FILE]

Each run is a whole `maskwatch up` of three cameras and two workers, with a second events worker and a second
producer beside it. Killed with SIGKILL or paused for shorter and longer than a lease are workers, events workers,
producers and both servers. Run N uses seed N, so that a bad one can be repeated. Ends with 1 where a total differs.
"""

import argparse
import json
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from math import inf
from pathlib import Path
from subprocess import TimeoutExpired
from tempfile import TemporaryDirectory, mkdtemp

from tests.benchmarks.camera_costs import machine
from tests.drills.drawn_people import Person, Phase, draw_people
from tests.drills.harm import Harm, processes_under
from tests.drills.helpers import Helpers
from tests.drills.state_server import state_of
from tests.drills.totals import Totals, contradictions, differences, totals
from tests.integration.system import System, running
from tests.waiting import eventually

LEASE_S = 1.0
_MOST_S = 120.0  # of harm
_PATIENCE_S = 90.0  # behind it
_PROCESSES = 6  # of `maskwatch up` that may be harmed: two servers, two workers, a producer, an events worker
SETTINGS = {
    "MASKWATCH_EVENTS_LEASE_MS": f"{LEASE_S * 1000:.0f}",
    "MASKWATCH_PRODUCER_LEASE_MS": f"{LEASE_S * 1000:.0f}",
    "MASKWATCH_CLAIM_MIN_IDLE_MS": "800",
    "MASKWATCH_CLAIM_INTERVAL_S": "0.3",
    "MASKWATCH_HEARTBEAT_INTERVAL_S": "0.3",
    # A frame that three killed workers had in their hands is taken for what killed them, as it should be.
    "MASKWATCH_MAX_DELIVERIES": "100",
    "MASKWATCH_MAX_FRAMES_IN_FLIGHT": "32",
    "MASKWATCH_VIOLATION_REARM_S": "2",
    "OMP_NUM_THREADS": "1",
}

Disturb = Callable[[System], Counter[str]]  # says what it did

_BARE = (Phase(99, "bare"),)
_MASKED = (Phase(99, "mask"),)
SCENES = {
    "gate": (Person(190, 0.6, _BARE), Person(450, 0.6, _MASKED)),
    "hall": (
        Person(150, 0.55, (Phase(4, "mask"), Phase(99, "bare"))),
        Person(330, 0.6, (Phase(2, "away"), Phase(5, "bare"), Phase(8.5, "away"), Phase(99, "bare"))),
        Person(520, 0.6, (Phase(7, "mask"),)),
    ),
    "yard": (Person(320, 0.7, (Phase(3, "bare"), Phase(7, "mask"), Phase(99, "bare"))),),
}
SECONDS = 12.0


@dataclass(frozen=True)
class Outcome:
    """One run: what was done to it, and which totals it got wrong."""

    seed: int
    seconds: float
    harm: dict[str, int]
    wrong: list[str]


def draw_scenes(folder: Path) -> dict[str, Path]:
    """The clips of all cameras."""
    return {name: draw_people(folder / f"{name}.mp4", people, SECONDS) for name, people in SCENES.items()}


def undisturbed(clips: Mapping[str, Path], folder: Path) -> dict[str, Totals]:
    """What the clips come to when nothing is done to anybody.

    Raises:
        RuntimeError: even then a figure contradicts another.
    """
    judged = judge(clips, folder)
    if judged.wrong:
        raise RuntimeError("; ".join(judged.wrong))
    return judged.found


def disturbed(clips: Mapping[str, Path], folder: Path, seed: int, expected: Mapping[str, Totals]) -> Outcome:
    """One run with harm, compared with the undisturbed one."""
    began_at = time.monotonic()
    judged = judge(clips, folder, partial(_at_random, seed))
    return Outcome(seed, round(time.monotonic() - began_at, 1), judged.harm, judged.wrong_against(expected))


@dataclass(frozen=True)
class Judged:
    """What a run came to."""

    found: dict[str, Totals]  # by camera; empty where it failed
    wrong: list[str]  # how it failed, or what its figures say against each other
    harm: dict[str, int]

    def wrong_against(self, expected: Mapping[str, Totals]) -> list[str]:
        """What is wrong with it, compared with another run too."""
        return self.wrong + (differences(expected, self.found) if self.found else [])


def judge(clips: Mapping[str, Path], folder: Path, disturb: Disturb | None = None) -> Judged:
    """Judge the clips to their end while ``disturb`` does what it wants; says what came of it."""
    data = folder / "data"
    options = [part for name, path in clips.items() for part in ("--camera", f"{name}={path}")]
    options += ["--workers", "2", "--exit-when-done", "--no-review"]
    with running(data, *options, env=SETTINGS) as system:
        done = disturb(system) if disturb is not None else Counter[str]()
        try:
            code: int | None = system.wait(_PATIENCE_S)
        except TimeoutExpired:
            code = None
        if code != 0:
            how = "did not come to an end" if code is None else f"ended with {code}"
            return Judged({}, [f"`maskwatch up` {how}: {system.output[-500:]}"], dict(done))
    with state_of(data) as state:
        found = {name: totals(state, name) for name in clips}
    wrong = [f"{name}: {line}" for name, each in found.items() for line in contradictions(each)]
    return Judged(found, wrong, dict(sorted(done.items())))


def _at_random(seed: int, system: System) -> Counter[str]:
    """Harm the system until it has ended, or for as long as it may take; says what was done."""
    with Helpers(system.data, SETTINGS) as helpers:
        harm = Harm(seed, LEASE_S, lambda: processes_under([system.process.pid, *helpers.pids]))
        eventually(lambda: len(processes_under([system.process.pid])) >= _PROCESSES, timeout_s=60)
        now = time.monotonic()
        ends_at, acts_at = now + _MOST_S, now + harm.next_in_s()
        while system.process.poll() is None and now < ends_at:
            helpers.tend()
            harm.let_go_on(now)
            if now >= acts_at:
                harm.act()
                acts_at = now + harm.next_in_s()
            time.sleep(0.02)
            now = time.monotonic()
        harm.let_go_on(inf)
    return harm.done


def run(runs: int, first_seed: int, keep: Path) -> list[Outcome]:
    """That many runs, each said in a line; what a bad one left behind stays in a folder of ``keep``."""
    clips = draw_scenes(keep)
    with TemporaryDirectory() as quiet:
        expected = undisturbed(clips, Path(quiet))
    print("undisturbed:", json.dumps({name: each["counts"] for name, each in expected.items()}), flush=True)
    outcomes = []
    for seed in range(first_seed, first_seed + runs):
        folder = keep / f"seed-{seed}"
        folder.mkdir()
        outcome = disturbed(clips, folder, seed, expected)
        outcomes.append(outcome)
        harm = ", ".join(f"{what} {times}" for what, times in outcome.harm.items())
        print(f"seed {seed}: {outcome.seconds:5.1f} s, {'; '.join(outcome.wrong) or 'equal'} ({harm})", flush=True)
        if not outcome.wrong:
            shutil.rmtree(folder)
    return outcomes


def main() -> int:
    """Run what the arguments name and print the sums; 1 where a total differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--runs", type=int, default=50, metavar="N", help="how many, 1 or more")
    add("--seed", type=int, default=1, metavar="N", help="of the first run; the others count up from it")
    add("--json", type=Path, metavar="FILE", help="write what was done to each run and what it got wrong there")
    asked = parser.parse_args()
    if asked.runs < 1:
        parser.error("--runs must be 1 or more")
    if asked.json and not asked.json.parent.is_dir():
        parser.error(f"--json: there is no folder {asked.json.parent}")
    described = machine()
    keep = Path(mkdtemp(prefix="kill-runs-"))
    outcomes = run(asked.runs, asked.seed, keep)
    bad = [each for each in outcomes if each.wrong]
    harm = sum((Counter(each.harm) for each in outcomes), Counter[str]())
    print(described, f"{len(outcomes)} runs, {len(bad)} with a total that differs", sep="\n")
    print(", ".join(f"{what} {times}" for what, times in sorted(harm.items())))
    if asked.json:
        figures = {"machine": described, "harm": dict(harm), "runs": [asdict(each) for each in outcomes]}
        asked.json.write_text(json.dumps(figures, indent=1))
    if bad:
        print(f"what the bad runs left is in {keep}")
        return 1
    shutil.rmtree(keep)
    return 0


if __name__ == "__main__":
    sys.exit(main())
