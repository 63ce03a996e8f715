"""How many cameras hold on how many cores, and what so many cameras need: the tables of docs/scaling.md.

    python -m tests.benchmarks.scaling [--costs FILE] [--measured FILE]

Simulated, with the unit costs that costs.json names. --measured compares the simulation with what
`python -m tests.benchmarks.worker_scaling --json FILE` measured: one worker with one thread gives the unit costs,
the others are predicted.
"""

import argparse
import json
from pathlib import Path

from tests.benchmarks.scaling.costs import BUSY, MEASURED, MIXED, UnitCosts
from tests.benchmarks.scaling.planning import cameras_table, cores_table, network_table
from tests.benchmarks.scaling.validation import comparison


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--costs", type=Path, default=MEASURED, metavar="FILE", help="unit costs, as costs.json has them")
    add("--measured", type=Path, metavar="FILE", help="compare with this, and nothing else")
    asked = parser.parse_args()
    costs = UnitCosts.load(asked.costs)
    if asked.measured:
        print(comparison(costs, json.loads(asked.measured.read_text())["speeds"]))
        return
    print(f"unit costs of {costs.date}: {costs.machine}")
    for traffic in (BUSY, MIXED):
        print("", f"{traffic.name}: {costs.a_second_ms(traffic):.1f} ms of a core a second and camera", sep="\n")
        print("", cores_table(costs, traffic), "", cameras_table(costs, traffic), sep="\n")
    print("", network_table(costs, (BUSY, MIXED)), sep="\n")


if __name__ == "__main__":
    main()
