"""Prints violations that are there, and those that come."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from console.finding import RunningSystem
from console.violation_log import ViolationLog
from console.violations import seeing
from console.violations.choice import Choice
from console.violations.choice import chosen as all_chosen
from console.violations.following import Follower
from console.violations.records import Record, Records
from console.violations.showing import as_json_line, as_line


@dataclass(frozen=True)
class Output:
    """How violations are printed; ``limit`` keeps the newest so many, ``save`` gets their pictures."""

    is_json: bool
    has_summary: bool
    limit: int | None
    save: Path | None


def follower(system: RunningSystem, choice: Choice) -> Follower:
    """Begins now: what happens while the list is read may come twice, but is never missed."""
    return Follower(system.servers.state, system.keys, choice.cameras)


def chosen(records: Records, choice: Choice) -> list[Record]:
    """Those that are meant, oldest first; says how many records are unreadable."""
    found = all_chosen(records, choice)
    if records.unreadable:
        typer.echo(f"maskwatch: {records.unreadable} records cannot be read and are left out", err=True)
    return found


def print_list(system: RunningSystem, choice: Choice, output: Output) -> None:
    """The violations, and below them what was seen: for people on standard error, so that each line is a violation."""
    records = Records(system.servers.state, system.keys)
    found = chosen(records, choice)
    _print(system, found[-output.limit :] if output.limit else found, output)
    if output.is_json and not output.has_summary:
        return
    seen = seeing.read(system, choice.cameras or records.cameras(), choice, found)
    if output.is_json:
        typer.echo(json.dumps(seen.as_json))
        return
    for line in seen.as_lines:
        typer.echo(line, err=True)


def print_news(system: RunningSystem, choice: Choice, output: Output, news: Follower) -> None:
    """Each change of a violation that is meant; never ends."""
    for record in news.news():
        if choice.includes(record):
            _print(system, [record], output)


def _print(system: RunningSystem, records: Sequence[Record], output: Output) -> None:
    show = as_json_line if output.is_json else as_line
    pictures = ViolationLog(system.servers.state, system.keys, system.pictures)
    for record in records:
        typer.echo(show(record))
        if output.save:
            pictures.save_snapshot(record.violation, output.save)
