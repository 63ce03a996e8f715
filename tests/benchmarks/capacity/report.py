"""What was found: a table with a row for each step, a sentence, and JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.box import SIMPLE
from rich.console import Group
from rich.table import Table

from tests.benchmarks.camera_feeds import Wire
from tests.benchmarks.capacity.figures import Step
from tests.benchmarks.capacity.machine import Machine
from tests.benchmarks.capacity.options import Options
from tests.benchmarks.capacity.processes import CAMERAS, HARNESS
from tests.benchmarks.capacity.verdict import Verdict

_ROLES = ("producer", "worker", "events", "redis", "rest")
_MUCH_OF_OTHERS = 0.1  # of all cores: figures are not those of this machine then
_FLOW = (
    "cameras",
    "sent/s",
    "captured",
    "judged",
    "unchanged",
    "in flight",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "status fits",
)
_LOAD = ("cameras", "producer", "workers", "events", "Redis", "rest", "simulated", "others", "idle")


@dataclass(frozen=True)
class Result:
    """All steps in the order in which they were measured, and how the last pictures ended."""

    options: Options
    machine: Machine
    clip: str
    pictures_late: dict[Wire, int]
    steps: Sequence[tuple[Step, Verdict]]
    unended: Sequence[str]
    complaints: dict[str, int]

    @property
    def held(self) -> tuple[Step, Verdict] | None:
        """The step with the most cameras that were held, whatever a step with fewer cameras found."""
        return max((each for each in self.steps if each[1].is_held), key=lambda each: each[0].cameras, default=None)

    @property
    def failed(self) -> tuple[Step, Verdict] | None:
        """The step with the fewest cameras that were not."""
        return min((each for each in self.steps if not each[1].is_held), key=lambda each: each[0].cameras, default=None)


def tables(steps: Sequence[tuple[Step, Verdict]]) -> Group:
    """Two tables with a row for each step: what became of the pictures, and what that took."""
    flows, loads = _table("", _FLOW, "held"), _table("Cores used, and where they were not", _LOAD, "largest memory")
    for step, judged in steps:
        flows.add_row(*_flow_row(step), "yes" if judged.is_held else ", ".join(judged.reasons))
        used = (*by_role(step).values(), step.load.others, step.load.idle)
        loads.add_row(f"{step.cameras}", *(f"{each:.2f}" for each in used), _largest(step))
    return Group(flows, loads)


def _table(title: str, figures: Sequence[str], text: str) -> Table:
    table = Table(title=title or None, title_justify="left", box=SIMPLE, padding=(0, 1, 0, 0))
    for name in figures:
        table.add_column(name, justify="right")
    table.add_column(text)
    return table


def _largest(step: Step) -> str:
    ours = ((rss, name) for name, rss in step.load.rss_mib.items() if name not in {CAMERAS, HARNESS})
    rss_mib, name = max(ours)
    return f"{name} {rss_mib:.0f} MiB"


def _flow_row(step: Step) -> list[str]:
    flow, latency = step.flow, step.latency
    rates = (f"{each:.0f}" for each in (step.sent, flow.captured, flow.processed, flow.unchanged))
    late = [f"{each:.0f}" for each in (latency.p50_ms, latency.p95_ms, latency.p99_ms)] if latency else ["-"] * 3
    return [f"{step.cameras}", *rates, f"{flow.in_flight}", *late, "-" if step.fits is None else f"{step.fits}"]


def by_role(step: Step) -> dict[str, float]:
    """Cores used: workers, producers and servers added up, all else of the system as the rest; then the cameras."""
    total = dict.fromkeys((*_ROLES, CAMERAS), 0.0)
    for name, used in step.load.used.items():
        role = next((each for each in (*_ROLES, CAMERAS) if name.startswith(each)), "rest")
        total[role] += 0.0 if name == HARNESS else used
    return total


def line(step: Step, judged: Verdict) -> str:
    """One step while the next is measured."""
    what = "held" if judged.is_held else f"not held: {', '.join(judged.reasons)}"
    late = f", p95 {step.latency.p95_ms:.0f} ms" if step.latency else ""
    begun = f"{step.cameras} cameras, live after {step.live_after_s:.0f} s"
    return f"{begun}: {step.flow.captured:.0f} pictures/s{late}, {step.load.idle_share:.0%} idle; {what}"


def sentence(result: Result) -> str:
    """What the benchmark says in the end."""
    options, cores = result.options, result.machine.cores
    kind = f"{options.scene}, {options.wire}, 1280x720 at 5/s"
    if result.held is None:
        text = f"No number of cameras from {min(step.cameras for step, _ in result.steps)} on is held ({kind})."
    else:
        step = result.held[0]
        late = f"p95 {step.latency.p95_ms:.0f} ms from picture to result" if step.latency else ""
        text = f"{step.cameras} cameras are held ({kind}): {step.cameras / cores:.1f} a core on {cores} cores, {late}."
    if result.failed is None:
        text += " No more were tried, and nothing ran out."
    else:
        step, judged = result.failed
        text += f" With {step.cameras}: {', '.join(judged.reasons)}; what ran out: {judged.ran_out}."
    return f"{text}{_foretold(result)} {_at_the_end(result)}{_disturbed(result)}{_complained(result)}"


def _foretold(result: Result) -> str:
    """What `maskwatch status` said while there was room still."""
    told = [step for step, judged in result.steps if judged.is_held and step.fits is not None]
    fewest = min(told, key=lambda step: step.cameras, default=None)
    return "" if fewest is None else f" With {fewest.cameras}, `maskwatch status` said that {fewest.fits} fit."


def _at_the_end(result: Result) -> str:
    if result.unended:
        return f"When the cameras fell silent, pictures of {len(result.unended)} had not ended or did not add up."
    return "When the cameras fell silent, each picture had ended and was counted once."


def _disturbed(result: Result) -> str:
    others = max(step.load.others for step, _ in result.steps)
    is_much = others > _MUCH_OF_OTHERS * result.machine.cores
    return f" Other programs used up to {others:.1f} cores: measure again without them." if is_much else ""


def _complained(result: Result) -> str:
    kinds = list(result.complaints.items())
    return f" In the logs: {'; '.join(f'{text} ({times} times)' for text, times in kinds[:3])}." if kinds else ""


def write(result: Result, path: Path) -> None:
    """All figures as JSON."""
    steps = [{**asdict(step), **asdict(judged), "is_held": judged.is_held} for step, judged in result.steps]
    told: dict[str, Any] = asdict(result) | {
        "steps": steps,
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "held": result.held[0].cameras if result.held else 0,
        "sentence": sentence(result),
    }
    path.write_text(json.dumps(told, indent=1, default=str) + "\n")
