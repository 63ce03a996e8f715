"""Who hears of which alert, and which one holds back which."""

import re
import shutil
import subprocess
from itertools import chain

import pytest
import yaml

from tests.deploy.prometheus.rules import ROOT, Rule, alerts

CONFIG = ROOT / "deploy" / "alertmanager" / "alertmanager.yml"
AMTOOL = shutil.which("amtool")
INHIBITIONS = yaml.safe_load(CONFIG.read_text())["inhibit_rules"]
NAMES = {alert.name for alert in alerts()}


@pytest.mark.skipif(AMTOOL is None, reason="amtool is not installed (Debian: prometheus-alertmanager)")
@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert.name)
def test_every_alert_goes_to_the_operator_but_the_watchdog(alert: Rule) -> None:
    labels = [f"alertname={alert.name}", f"severity={alert.severity}", "camera=gate"]
    command = [str(AMTOOL), "config", "routes", "test", f"--config.file={CONFIG}", *labels]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert answer.stdout.split() == ["watchdog" if alert.name == "Watchdog" else "operator"]


def test_alerts_that_hold_others_back_exist_and_so_do_the_others() -> None:
    matchers = chain.from_iterable(rule["source_matchers"] + rule["target_matchers"] for rule in INHIBITIONS)
    named = set(chain.from_iterable(re.findall(r"[A-Z]\w+", matcher) for matcher in matchers))
    assert named
    assert named <= NAMES


@pytest.mark.parametrize("name", sorted(NAMES - {"MaskwatchDown", "WatchingFails", "Watchdog"}))
def test_a_system_of_which_nothing_is_known_holds_back_all_that_is_guessed(name: str) -> None:
    assert name in held_back_by("MaskwatchDown")


@pytest.mark.parametrize("name", sorted(NAMES))
def test_no_alert_holds_itself_back_or_one_that_holds_it_back(name: str) -> None:
    others = held_back_by(name)
    assert name not in others
    assert not any(name in held_back_by(other) for other in others)


def held_back_by(source: str) -> set[str]:
    rules = [rule for rule in INHIBITIONS if f'alertname = "{source}"' in rule["source_matchers"]]
    return set().union(*(targets(rule["target_matchers"][0]) for rule in rules))


def targets(matcher: str) -> set[str]:
    _, operator, pattern = matcher.split(maxsplit=2)
    fits = {name for name in NAMES if re.fullmatch(pattern.strip('"'), name)}
    return NAMES - fits if operator == "!~" else fits
