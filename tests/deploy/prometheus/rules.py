"""What stands in the rules, in their tests and in the documentation of the metrics, as values."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
RULES = ROOT / "deploy" / "prometheus" / "alerts.yml"
TESTS = sorted((ROOT / "deploy" / "prometheus" / "tests").glob("*.yml"))
OPERATIONS = ROOT / "docs" / "operations.md"

_OF_EVERY_TARGET = {"job", "instance", "role"}
# What Prometheus and Alertmanager say of themselves and of their targets.
FOREIGN: dict[str, set[str]] = {
    "up": set(),
    "prometheus_rule_evaluation_failures_total": {"rule_group"},
    "prometheus_notifications_errors_total": {"alertmanager"},
    "prometheus_notifications_dropped_total": set(),
    "prometheus_config_last_reload_successful": set(),
    "alertmanager_notifications_failed_total": {"integration"},
}


@dataclass(frozen=True)
class Rule:
    """An alert, or a recorded series where ``severity`` is empty."""

    name: str
    expression: str
    severity: str
    annotations: dict[str, str]

    @property
    def metrics(self) -> set[str]:
        """The metrics in the expression, recorded ones too."""
        bare = re.sub(r'"[^"]*"|\{[^}]*\}|\[[^]]*\]|\b(by|on)\s*\([^)]*\)', " ", self.expression)
        return {
            word for word in re.findall(r"[a-z_]+(?::[a-z0-9_]+)*", bare) if "_" in word or word == "up"
        } - FUNCTIONS

    @property
    def matchers(self) -> list[tuple[str, str]]:
        """Each metric with each label that it is chosen by."""
        return [
            (metric, label)
            for metric, chosen in re.findall(r"([a-z_:0-9]+)\{([^}]*)\}", self.expression)
            for label in re.findall(r"([a-z_]+)\s*(?:=|!)", chosen)
        ]

    @property
    def kept_labels(self) -> set[str]:
        """The labels that it sums up by or matches on."""
        lists = re.findall(r"\b(?:by|on)\s*\(([^)]*)\)", self.expression)
        return {label.strip() for each in lists for label in each.split(",")}


FUNCTIONS = {"avg_over_time", "histogram_quantile", "min_over_time", "label_replace"}


def rules() -> list[Rule]:
    """All rules of the file."""
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return [
        Rule(
            name=each.get("alert") or each["record"],
            expression=each["expr"],
            severity=each.get("labels", {}).get("severity", ""),
            annotations=each.get("annotations", {}),
        )
        for group in groups
        for each in group["rules"]
    ]


def alerts() -> list[Rule]:
    """The alerts alone."""
    return [rule for rule in rules() if rule.severity]


def known_metrics() -> dict[str, set[str]]:
    """Every name that an expression may use, with the labels that it has, as docs/metrics.md has them."""
    known = {name: labels | _OF_EVERY_TARGET for name, labels in FOREIGN.items()}
    for line in (ROOT / "docs" / "metrics.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if len(cells) == 4 and cells[0].startswith("`maskwatch_"):
            labels = {label.strip() for label in cells[2].split(",") if label.strip()} | _OF_EVERY_TARGET
            for name in re.findall(r"`([a-z_]+)`", cells[0]):
                known |= _series(name, cells[1], labels)
    known |= {"camera:maskwatch_violations:increase1h": {"camera"}}
    known |= {"camera_day:maskwatch_violations:increase1h": {"camera", "day"}}
    return known


def _series(name: str, kind: str, labels: set[str]) -> dict[str, set[str]]:
    if kind == "histogram":
        return {f"{name}_bucket": labels | {"le"}, f"{name}_sum": labels, f"{name}_count": labels}
    return {f"{name}_total" if kind == "counter" else name: labels}


def headings(page: Path) -> set[str]:
    """The anchors of a page's headings."""
    found = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-") for heading in found}


def cases() -> list[dict[str, Any]]:
    """Every case of the tests of alerts: a series of events and what is expected after it."""
    return [case for path in TESTS for case in yaml.safe_load(path.read_text())["tests"]]
