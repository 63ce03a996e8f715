"""What a soak found, as a table and as a file that is whole at every instant."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.benchmarks.camera_costs import markdown
from tests.benchmarks.soak.figures import KINDS, Sample, Trend, trends


@dataclass
class Soak:
    """A run so far."""

    machine: str
    asked: dict[str, object]
    samples: list[Sample] = field(default_factory=list)
    violations: int = 0
    faults: list[str] = field(default_factory=list)  # what must not be
    complaints: dict[str, int] = field(default_factory=dict)  # warnings in the logs, and how often

    def write(self, path: Path) -> None:
        """Replace the file: who reads it, or finds it after a kill, has all samples so far."""
        found = [asdict(each) for each in trends(self.samples)]
        beside = path.with_name(f"{path.name}.new")
        beside.write_text(json.dumps({**asdict(self), "trends": found}))
        os.replace(beside, path)  # noqa: PTH105 - its own word for it


def table(found: Sequence[Trend]) -> str:
    """In Markdown, what grows first."""
    head = ["figure", "of", "behind the warm-up", "at the end", "most", "an hour", "verdict"]
    rows = sorted(found, key=lambda each: each.verdict != "grows")
    return markdown(head, [_row(each) for each in rows])


def _row(trend: Trend) -> list[str]:
    unit = KINDS[trend.kind].unit
    slope = trend.slope
    hourly = f"{round(slope.value, 2) + 0.0:+.2f} ± {slope.standard_error:.2f}" if slope else "-"
    figures = (f"{each:.1f}" for each in (trend.first, trend.last, trend.most))
    return [f"{trend.kind}{f', {unit}' if unit else ''}", trend.subject, *figures, hourly, trend.verdict]


def sentence(soak: Soak, found: Sequence[Trend]) -> str:
    """The verdict of all."""
    growing = [f"{each.kind} of {each.subject} grows" for each in found if each.verdict == "grows"]
    minutes = soak.samples[-1].at_s / 60 if soak.samples else 0.0
    said = f"{minutes:.0f} minutes, {len(soak.samples)} looks, {soak.violations} violations"
    logged = ", ".join(f"{what} ({times})" for what, times in soak.complaints.items())
    verdict = "; ".join([*soak.faults, *growing]) or "flat"
    return f"{said}: {verdict}." + (f" In the logs: {logged}." if logged else "")


def is_bad(soak: Soak, found: Sequence[Trend]) -> bool:
    """Whether something grows, or was as it must not be."""
    return bool(soak.faults) or any(each.verdict == "grows" for each in found)
