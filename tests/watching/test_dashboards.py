"""The whole system under a real Prometheus: every panel has data, and no restart changes a count."""

import json
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from deploy.grafana.expressions import expressions
from tests.drills.drawn_people import Person, Phase, draw_people
from tests.integration.system import System, maskwatch, running
from tests.waiting import eventually
from tests.watching.hurried import rules_each_second
from tests.watching.prometheus import Prometheus, needs_prometheus, watching

pytestmark = [needs_prometheus, pytest.mark.slow, pytest.mark.timeout(300)]

CLIP = Path(__file__).parents[3] / "shared/data/videos/four_people.mp4"
ROLES = {"producer", "worker", "events", "trainer", "console"}


@dataclass(frozen=True)
class Watched:
    """A system, and the Prometheus that watches it."""

    system: System
    prometheus: Prometheus

    def listed(self) -> dict[str, int]:
        """Violations of each camera, as the command tells them."""
        lines = maskwatch("violations", "--json", "--data", str(self.system.data)).splitlines()
        cameras = [json.loads(line)["camera"] for line in lines]
        return {camera: cameras.count(camera) for camera in cameras}

    def counted(self) -> dict[str, int]:
        """The same as Prometheus tells them."""
        found = self.prometheus.by("camera", "maskwatch_violations_total")
        return {camera: round(value) for camera, value in found.items() if value}

    def agree(self) -> dict[str, int]:
        """The violations where both tell the same; a scrape is up to a second old."""
        listed = self.listed()
        return listed if listed == self.counted() else {}


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """A system on people who come and go, and on a face that does not; it has been watched for half a minute."""
    folder = tmp_path_factory.mktemp("watched")
    passing = draw_people(folder / "passing.mp4", [Person(320, 0.8, (Phase(4, "bare"),))], seconds=9)
    masked = draw_people(folder / "masked.mp4", [Person(320, 0.8, (Phase(4, "mask"),))], seconds=10)
    clips = {"passing": passing, "masked": masked} | ({"real": CLIP} if CLIP.is_file() else {})
    cameras = [option for camera, clip in clips.items() for option in ("--camera", f"{camera}=loop:{clip}")]
    with running(folder / "data", *cameras, env={"MASKWATCH_HEARTBEAT_FACES_S": "4"}) as system:
        url = eventually(lambda: _console_url(system), 30, 0.1)
        rules_each_second(folder / "alerts.yml")
        with watching(folder / "prometheus", url, folder / "alerts.yml") as prometheus:
            eventually(lambda: prometheus.roles_up() == ROLES, 60, 0.5)
            _declare(system)
            eventually(lambda: _has_seen_enough(prometheus), 120, 1)
            yield Watched(system, prometheus)


def _console_url(system: System) -> str:
    run = system.data / "run.json"
    return str(json.loads(run.read_text())["console_url"]) if run.exists() else ""


def _declare(system: System) -> None:
    """What not every site has: overlapping cameras, a receiver (that is down), a schedule of trainings."""
    data = ("--data", str(system.data))
    maskwatch("area", "add", "hall", "passing", "masked", *data)
    maskwatch("webhook", "add", "desk", "http://127.0.0.1:9/hook", *data)
    state = json.loads((system.data / "run.json").read_text())["state_redis"]
    pictures = system.data.parent / "pictures"
    (pictures / "with_mask").mkdir(parents=True)
    (pictures / "without_mask").mkdir()
    train = ("train", "--data", str(pictures), "--redis", state)
    maskwatch(*train, "--every", "7d")
    maskwatch(*train, "--queue")  # there is nothing to learn from, so it is refused


def _has_seen_enough(prometheus: Prometheus) -> bool:
    """Violations, people who have left, heartbeats that were counted, and a quarter of a minute of scrapes."""
    wanted = (
        "sum(maskwatch_violations_total) > 1",
        'sum(maskwatch_people_total{outcome="without_mask"}) > 0',
        'sum(maskwatch_people_total{outcome="with_mask"}) > 0',
        'sum(maskwatch_heartbeats_total{outcome="right"}) > 0',
        'count_over_time(maskwatch_redis_up{server="state"}[40s]) > 15',
    )
    return all(prometheus.query(expr) for expr in wanted)


def test_every_panel_has_data(watched: Watched) -> None:
    found = {each: watched.prometheus.graph(each.expr) for each in expressions("1m", "10s", "10s")}
    empty = [f"{each.dashboard}: {each.panel}: {each.expr}" for each, data in found.items() if not data]
    allowed = [f"{each.dashboard}: {each.panel}: {each.expr}" for each in found if each.may_be_empty]
    assert not set(empty) - set(allowed)


def test_every_alert_can_be_evaluated_and_none_of_a_fault_fires_while_all_is_well(watched: Watched) -> None:
    rules = eventually(lambda: _evaluated(watched.prometheus), 60, 1)
    assert {rule["name"]: rule.get("lastError") for rule in rules if rule["health"] != "ok"} == {}
    assert watched.prometheus.firing() == {"Watchdog"}


def test_prometheus_counts_what_the_command_lists_through_a_restart_of_every_process(watched: Watched) -> None:
    before = eventually(watched.agree, 30, 0.5)
    for role in sorted(ROLES):
        _kill(watched.system, role)
    for name in ("frames-server", "state-server"):
        _kill_server(watched.system, name)
    eventually(lambda: watched.prometheus.roles_up() == ROLES, 90, 0.5)
    # Somebody is counted after all of that, so the system does its work again.
    later = eventually(lambda: _more(watched.agree(), before), 90, 0.5)
    assert all(later[camera] >= amount for camera, amount in before.items())
    for counter in ("violations", "people", "frames", "frames_processed", "faces"):
        assert not watched.prometheus.query(f"resets(maskwatch_{counter}_total[10m]) > 0")


def _evaluated(prometheus: Prometheus) -> list[dict[str, Any]]:
    """All rules, once each has been evaluated."""
    rules = prometheus.rules()
    return [] if any(rule["health"] == "unknown" for rule in rules) else rules


def _more(after: dict[str, int], before: dict[str, int]) -> dict[str, int]:
    return after if sum(after.values()) > sum(before.values()) else {}


def _kill(system: System, role: str) -> None:
    (process,) = eventually(lambda: system.processes(role), 60, 0.2)
    os.kill(process.pid, signal.SIGKILL)
    eventually(lambda: {each.pid for each in system.processes(role)} - {process.pid}, 60, 0.2)


def _kill_server(system: System, name: str) -> None:
    """Kill one of the built-in servers, which the supervisor starts again."""
    children = Path(f"/proc/{system.process.pid}/task/{system.process.pid}/children").read_text().split()
    (pid,) = [int(pid) for pid in children if name.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()]
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: f"{name} was killed" in system.output, 30, 0.2)
