"""The shared clips counted at usual rates, against their truth: ``python -m tests.worker.events.counted_clips``.

The first run takes some minutes; with ``--cache DIR`` later ones take seconds.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.zones import Point, Zone
from tests.worker.events.clip_results import at_rate, results_of_clip
from tests.worker.events.counting import Counted, judged
from tests.worker.events.gated_clips import VIDEOS
from worker.offline import video_format

RATES = (25, 10, 5, 2)
# A painting of a woman hangs behind the four people.
PAINTING = Zone(kind="exclude", corners=(Point(0.45, 0.18), Point(0.56, 0.18), Point(0.56, 0.34), Point(0.45, 0.34)))


@dataclass(frozen=True)
class Case:
    """A clip, the parts of it that count, and what is true of these."""

    name: str
    clip: Path
    truth: Counted
    zones: Sequence[Zone] = ()


def cases() -> list[Case]:
    """All clips, and the one with a painting also without that."""
    truth = json.loads((VIDEOS / "truth.json").read_text())
    found = [
        Case(Path(name).stem, VIDEOS / name, Counted(each["violations"], each["people"]))
        for name, each in sorted(truth.items())
    ]
    without = [Case(f"{each.name}, painting excluded", each.clip, each.truth, (PAINTING,)) for each in found]
    return sorted(found + [each for each in without if "four_people" in each.name], key=lambda each: each.name)


def _row(case: Case, cache: Path) -> str:
    results, rate = results_of_clip(case.clip, cache), video_format(case.clip).frames_per_second
    cells = [_cell(judged(at_rate(results, fps), case.zones)) if fps <= rate + 1 else "" for fps in RATES]
    return f"| {case.name} | {' | '.join(cells)} | {_cell(case.truth)} |"


def _cell(counted: Counted) -> str:
    return f"{counted.violations} / {counted.people}"


def _print_table(cache: Path) -> None:
    print("Violations / people\n")
    print(f"| clip | {' | '.join(f'{fps} frames/s' for fps in RATES)} | truth |\n|---|{'---|' * len(RATES)}---|")
    for case in cases():
        print(_row(case, cache), flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.worker.events.counted_clips", description=__doc__)
    parser.add_argument("--cache", type=Path, help="folder that keeps what was found in the clips")
    cache: Path | None = parser.parse_args().cache
    if cache:
        _print_table(cache)
    else:
        with tempfile.TemporaryDirectory() as folder:
            _print_table(Path(folder))


if __name__ == "__main__":
    main()
