"""What `maskwatch counts` prints: a table for people, JSON and CSV for programs."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from console.counting.figures import Figures, by_reason, not_seen, percent
from console.counting.reading import Counted
from shared.streams import CountField

TOTAL = "all cameras"


def counts_table(whole: Counted, steps: Sequence[Counted]) -> RenderableType:
    """Each camera with what it counted and what it could not see, below the hours or days where there are any."""
    between = f"{_moment(whole.stretch.begin)} to {_moment(whole.stretch.end)}"
    parts: list[RenderableType] = [Text(between, "bold"), _table([("", whole)])]
    if steps:
        parts += [Text(), _table([(step.stretch.begin.strftime("%m-%d %H:%M"), step) for step in steps])]
    remarks = [Text(line, "yellow" if "not seen" in line or "nothing" in line else "dim") for line in _remarks(whole)]
    return Group(*parts, *remarks)


def _table(several: Sequence[tuple[str, Counted]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    if several[0][0]:
        table.add_column("from", no_wrap=True)
    table.add_column("camera", no_wrap=True)
    for heading in ("people", "violations", "dismissed", "seen", "masked"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, counted in several:
        for camera, figures in _rows(counted):
            table.add_row(*([name] if name else []), camera, *_cells(figures, with_raw=not name))
    return table


def _rows(counted: Counted) -> Iterator[tuple[str, Figures]]:
    yield from counted.cameras.items()
    if len(counted.cameras) > 1:
        yield TOTAL, counted.total


def _cells(figures: Figures, *, with_raw: bool) -> tuple[str, ...]:
    masked = figures.compliance.as_line
    people = sum(figures.people.values())
    return (
        f"{people:,}",
        f"{figures.violations:,}",
        f"{figures.dismissed:,}",
        percent(figures.sight.coverage),
        masked if with_raw else masked.partition(",")[0],  # in 80 columns
    )


def _remarks(whole: Counted) -> Iterator[str]:
    """What the numbers leave out, of each camera."""
    for camera, figures in whole.cameras.items():
        outcomes = by_reason(figures.people)
        unjudged = by_reason(figures.unjudged)
        dropped = by_reason(figures.counts.by_detail(CountField.DROPPED))
        lines = (
            f"people {outcomes}" if outcomes else "",
            f"cannot tell of people: {unjudged}" if unjudged else "",
            f"frames dropped: {dropped}" if dropped else "",
            not_seen(figures.sight),
        )
        yield from (f"{camera}: {line}" for line in lines if line)
    yield from dict.fromkeys(f"masked: {note}" for note in whole.total.compliance.notes)


def counts_csv(several: Sequence[Counted]) -> str:
    """One line for each camera and stretch; a rate that there is none of is empty."""
    text = io.StringIO()
    lines = [
        {"since": counted.stretch.begin.isoformat(), "until": counted.stretch.end.isoformat(), "camera": camera}
        | dict(_flat(figures.as_message.model_dump(mode="json")))
        for counted in several
        for camera, figures in counted.cameras.items()
    ]
    columns = list(dict.fromkeys(name for line in lines for name in line))
    writer = csv.DictWriter(text, columns, restval=0)
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()


def _flat(values: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}_")
        elif isinstance(value, list):
            yield f"{prefix}{name}", "; ".join(map(str, value))
        else:
            yield f"{prefix}{name}", value


def _moment(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%d %H:%M")
