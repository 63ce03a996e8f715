"""Every alert is tried by promtool, can be read up on, and asks for nothing that does not exist."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from shared import metric_names
from tests.deploy.prometheus.rules import (
    OPERATIONS,
    ROOT,
    RULES,
    TESTS,
    Rule,
    alerts,
    cases,
    headings,
    known_metrics,
    rules,
)

PROMTOOL = shutil.which("promtool")
AMTOOL = shutil.which("amtool")
needs_promtool = pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed (Debian: prometheus)")
needs_amtool = pytest.mark.skipif(AMTOOL is None, reason="amtool is not installed (Debian: prometheus-alertmanager)")
each_alert = pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert.name)


def run(*command: str | Path | None) -> None:
    answer = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=300, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


@needs_promtool
def test_prometheus_can_read_configuration_and_rules() -> None:
    run(PROMTOOL, "check", "config", ROOT / "deploy" / "prometheus" / "prometheus.yml")
    run(PROMTOOL, "check", "rules", RULES)


@needs_amtool
def test_alertmanager_can_read_its_configuration() -> None:
    run(AMTOOL, "check-config", ROOT / "deploy" / "alertmanager" / "alertmanager.yml")


@needs_amtool
def test_the_commented_receivers_are_sound_too(tmp_path: Path) -> None:
    text = (ROOT / "deploy" / "alertmanager" / "alertmanager.yml").read_text()
    config = tmp_path / "alertmanager.yml"
    routes, _, receivers = text.partition("\nreceivers:")
    config.write_text(f"{routes}\nreceivers:" + re.sub(r"^(    )# ", r"\1", receivers, flags=re.MULTILINE))
    assert "\n    webhook_configs:" in config.read_text()
    run(AMTOOL, "check-config", config)


@needs_promtool
@pytest.mark.timeout(300)
@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_alerts_fire_when_they_should_and_only_then(path: Path) -> None:
    run(PROMTOOL, "test", "rules", path)


@each_alert
def test_it_is_seen_to_fire_and_to_be_silent(alert: Rule) -> None:
    expected = [each.get("exp_alerts", []) for each in expectations() if each["alertname"] == alert.name]
    assert any(expected)
    assert alert.name == "Watchdog" or not all(expected)


def expectations() -> list[dict[str, Any]]:
    return [each for case in cases() for each in case.get("alert_rule_test", [])]


@each_alert
def test_it_says_what_is_wrong_and_where_to_read_on(alert: Rule) -> None:
    assert re.fullmatch(r"([A-Z][a-z]+)+", alert.name)
    assert alert.severity in {"page", "ticket"} or alert.name == "Watchdog"
    assert set(alert.annotations) == {"summary", "description", "runbook_url", "dashboard"}
    page, _, anchor = alert.annotations["runbook_url"].partition("#")
    assert ROOT / page == OPERATIONS
    assert anchor == alert.name.lower()
    assert anchor in headings(OPERATIONS)


@each_alert
def test_its_dashboard_exists_and_knows_the_camera(alert: Rule) -> None:
    link = re.fullmatch(r"http://127\.0\.0\.1:3000/d/([a-z-]+)(\?var-camera=.*)?", alert.annotations["dashboard"])
    assert link
    dashboards = [json.loads(path.read_text()) for path in (ROOT / "deploy" / "grafana" / "dashboards").glob("*.json")]
    variables = {each["uid"]: {one["name"] for one in each["templating"]["list"]} for each in dashboards}
    assert "camera" in variables[link[1]]


@each_alert
def test_what_it_says_of_a_label_is_a_label_that_it_keeps(alert: Rule) -> None:
    told = set(re.findall(r"\$labels\.(\w+)", " ".join(alert.annotations.values())))
    assert told <= alert.kept_labels or alert.name == "TargetDown"


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_it_asks_only_for_what_exists(rule: Rule) -> None:
    known = known_metrics()
    assert rule.metrics <= set(known)
    assert all(label in known[metric] for metric, label in rule.matchers)
    assert rule.kept_labels <= {label for metric in rule.metrics for label in known[metric]}


def test_the_rules_read_metrics_of_the_system_and_not_nothing() -> None:
    used = set().union(*(rule.metrics for rule in rules()))
    assert {metric_names.CAMERA_UP, metric_names.REDIS_UP, f"{metric_names.FRAMES_DROPPED}_total"} <= used


def test_promtool_s_series_exist_too() -> None:
    known = known_metrics()
    for case in cases():
        for each in case["input_series"]:
            name, _, labels = each["series"].partition("{")
            assert name in known
            assert set(re.findall(r"(\w+)=", labels)) <= known[name]
