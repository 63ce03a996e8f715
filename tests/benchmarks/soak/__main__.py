"""Whether a whole system grows while it watches cameras for an hour, or as long as asked.

    python -m tests.benchmarks.soak [--minutes 60] [--every 10] [--cameras 8] [--json FILE]
        [--scene mixed] [--wire both] [--clip FILE] [--workers N] [--set NAME=VALUE ...]

A system as `maskwatch up` starts it and simulated cameras of 1280x720 pixels at 5 pictures a second (see
``capacity``, whose options are those of the second line). Every few seconds: memory, open files, threads and
processor time of each process, latency, lengths of streams, memory of both servers by kind of key, sizes of files,
and whether each picture is counted once. A table at the end, also behind Ctrl-C, tells of each figure whether it
grows; what is meant to be kept for days (violations, their pictures, counts by quarters, the state server's file) is
told and not judged. Ends with 1 where something grows or was as it must not be. --json FILE is written anew at each
look, so that it can be read on the way.
"""

import argparse
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.camera_costs import machine
from tests.benchmarks.capacity import accounting
from tests.benchmarks.capacity.complaints import complaints
from tests.benchmarks.capacity.options import BadOption, Options, parsed
from tests.benchmarks.capacity.scenes import clip_of, feeds_of
from tests.benchmarks.capacity.site import Site, SystemEnded, open_site
from tests.benchmarks.high_definition_cameras import serving_each
from tests.benchmarks.soak.figures import Sample, trends
from tests.benchmarks.soak.report import Soak, is_bad, sentence, table
from tests.benchmarks.soak.sampling import Sampler

# Streams are full, and no longer grow, within the warm-up.
_SETTINGS = ("--set", "MAX_RESULTS_PER_CAMERA=256")


@dataclass(frozen=True)
class Plan:
    """How long, how often in seconds, and where to write."""

    minutes: float
    every_s: float
    json_path: Path | None


def main(arguments: Sequence[str]) -> int:
    """Run and print the table; 1 where something grows, 2 for options that cannot be meant."""
    try:
        plan, options = _parsed(arguments)
    except BadOption as error:
        print(f"soak: {error}", file=sys.stderr)
        return 2
    soak = Soak(machine(), {"minutes": plan.minutes, "cameras": options.most, "scene": options.scene})
    try:
        run(plan, options, soak)
    except SystemEnded as error:
        soak.faults.append(str(error))
    except KeyboardInterrupt:
        print("soak: cut short", file=sys.stderr)
    found = trends(soak.samples)
    print(soak.machine, "", table(found), "", sentence(soak, found), sep="\n")
    if plan.json_path:
        soak.write(plan.json_path)
    return 1 if is_bad(soak, found) else 0


def run(plan: Plan, options: Options, soak: Soak) -> None:
    """Fill ``soak``, and say on the way how it goes.

    Raises:
        SystemEnded: the system is gone.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="soak-")))
        silencing = stack.enter_context(ExitStack())
        cameras = silencing.enter_context(serving_each(feeds_of(options, clip_of(options, folder))))
        site = stack.enter_context(open_site(options, cameras, folder))
        site.hold(options.most)
        _look(plan, site, soak)
        silencing.close()
        soak.faults += [f"pictures of {each} never ended" for each in site.unended()]


def _look(plan: Plan, site: Site, soak: Soak) -> None:
    """Again and again, until the time is over."""
    sampler = Sampler(site)
    began_at = time.monotonic()
    looks = 0
    while time.monotonic() < began_at + plan.minutes * 60:
        if site.system.process.poll() is not None:
            raise SystemEnded("the system ended")
        soak.samples.append(sampler.sample())
        soak.violations, soak.faults = sampler.violations(), list(sampler.faults)
        soak.complaints = complaints(site.system.data / "logs")
        if plan.json_path:
            soak.write(plan.json_path)
        _say(plan, soak.samples[-1], site, soak)
        looks += 1
        time.sleep(max(0.0, began_at + looks * plan.every_s - time.monotonic()))


def _say(plan: Plan, sample: Sample, site: Site, soak: Soak) -> None:
    states = ", ".join(f"{count} {state}" for state, count in accounting.states(site.accounts()).items())
    memory, latency = sum(sample.figures["PSS"].values()), sample.figures["latency"].get("p95")
    late = "" if latency is None else f", p95 {latency:.0f} ms"
    faults = f", {len(soak.faults)} FAULTS" if soak.faults else ""
    print(f"{sample.at_s / 60:5.1f} of {plan.minutes:g} min: {states}, {memory:.0f} MiB{late}{faults}", file=sys.stderr)


def _parsed(arguments: Sequence[str]) -> tuple[Plan, Options]:
    asked, others = _parser().parse_known_args(arguments)
    cameras = str(asked.cameras)
    options = parsed(["--scene", "mixed", "--wire", "both", *_SETTINGS, *others, "--start", cameras, "--most", cameras])
    if not (asked.minutes > 0 and asked.every > 0):
        raise BadOption("--minutes and --every are above 0")
    if asked.json and not asked.json.resolve().parent.is_dir():
        raise BadOption(f"there is no folder {asked.json.resolve().parent} for --json")
    return Plan(asked.minutes, asked.every, asked.json), options


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("soak", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--minutes", type=float, default=60.0, metavar="M", help="how long to look (60)")
    add("--every", type=float, default=10.0, metavar="S", help="seconds from look to look (10)")
    add("--cameras", type=int, default=8, metavar="N", help="simulated cameras (8)")
    add("--json", type=Path, metavar="FILE", help="write all samples there, anew at each look")
    return parser


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the table and a clean end, as of Ctrl-C
    sys.exit(main(sys.argv[1:]))
