"""Our alert rules with time running faster: what takes an hour on a site is to be seen in a test."""

import re
from pathlib import Path
from typing import Any

import yaml

FASTER = 20
LONGEST_FOR_S = 3
_DURATION = re.compile(r"\b(\d+)([smhd])\b")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
RULES = Path(__file__).parents[2] / "deploy/prometheus/alerts.yml"


def hurried_rules(file: Path) -> set[str]:
    """Write the rules into a file; returns the names of the alerts.

    Durations in expressions are divided by ``FASTER``; thresholds stay.
    """
    written = yaml.safe_load(RULES.read_text())
    rules: list[dict[str, Any]] = [rule for group in written["groups"] for rule in group["rules"]]
    for group in written["groups"]:
        group["interval"] = "1s"
    for rule in rules:
        # A subquery looks at full steps of the clock only: with long ones a test would wait for the next.
        rule["expr"] = _DURATION.sub(_faster, rule["expr"].replace("[35d:1h]", "[20h:100s]"))
        if "for" in rule:
            rule["for"] = f"{min(seconds(rule['for']) / FASTER, LONGEST_FOR_S):.0f}s"
    file.write_text(yaml.safe_dump(written))
    return {rule["alert"] for rule in rules if "alert" in rule}


def rules_each_second(file: Path) -> None:
    """Write the rules as they are into a file, but to be evaluated each second: a long interval begins anywhere."""
    written = yaml.safe_load(RULES.read_text())
    for group in written["groups"]:
        group["interval"] = "1s"
    file.write_text(yaml.safe_dump(written))


def seconds(duration: str) -> int:
    """A duration of Prometheus with one unit, in seconds."""
    found = _DURATION.fullmatch(duration)
    assert found, duration
    return int(found[1]) * _SECONDS[found[2]]


def _faster(found: re.Match[str]) -> str:
    return f"{max(seconds(found[0]) // FASTER, 1)}s"
