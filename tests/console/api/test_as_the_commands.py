"""The API tells what the commands print."""

import json
from pathlib import Path
from typing import Any

import pytest

from console.command import run
from shared.connections import Servers
from shared.review import ReviewFolder
from tests.console.api.client import Client
from tests.console.api.conftest import Command
from tests.console.api.sites import GATE, a_whole_site
from tests.console.headroom.builders import a_measured_system
from tests.deploy.models import publish
from tests.review import an_item, fill

MOVING = ("last_frame_age_seconds",)  # with the clock


@pytest.fixture
def violation(servers: Servers) -> str:
    return a_whole_site(servers)


def still(value: Any) -> Any:  # noqa: ANN401 - JSON
    """The same without what moves between two looks."""
    if isinstance(value, dict):
        return {name: still(each) for name, each in value.items() if name not in MOVING}
    return [still(each) for each in value] if isinstance(value, list) else value


@pytest.mark.usefixtures("violation")
def test_status_and_cameras(api: Client, command: Command) -> None:
    assert still(api.get("/system")) == still(command.json("status"))
    assert still(api.get("/system?cameras=40&cameras=2")) == still(
        command.json("status", "--cameras", "40", "--cameras", "2")
    )
    assert still(api.get("/cameras")) == still(command.json("camera", "list"))
    assert still(api.get(f"/cameras/{GATE}")) == still(command.json("camera", "show", GATE))


@pytest.mark.usefixtures("violation")
@pytest.mark.parametrize(
    ("query", "options"),
    [("", []), ("?camera=gate&since=2h&by=hour", ["--camera", GATE, "--since", "2h", "--by", "hour"])],
)
def test_counts(api: Client, command: Command, query: str, options: list[str]) -> None:
    assert api.get(f"/counts{query}") == command.json("counts", *options)


def test_violations(api: Client, command: Command, violation: str) -> None:
    listed = command.json_lines("violations")
    assert len(listed) == 2
    assert api.get("/violations") == {"violations": listed, "unreadable": 0}
    assert api.get(f"/violations/{violation}") == command.json("violations", "show", violation)


def test_models(api: Client, command: Command, registry: str, capsys: pytest.CaptureFixture[str]) -> None:
    publish(registry).promote(1)
    for task in ("classifier", "detector"):
        assert api.get(f"/models?task={task}") == command.json("models", "list", "--task", task, on_system=False)
    assert run(["models", "show", "1", "--json"]) == 0
    assert api.get("/models/1")["manifest"] == json.loads(capsys.readouterr().out)


def test_review(api: Client, command: Command, review: Path) -> None:
    fill(ReviewFolder(review), an_item(1), an_item(2))
    listed = command.json_lines("review", "list", "--folder", str(review), on_system=False)
    assert len(listed) == 2
    assert api.get("/review") == {"items": listed}


@pytest.mark.usefixtures("violation")
def test_areas_webhooks_and_trainings(api: Client, command: Command, registry: str) -> None:
    api.post("/areas", {"name": "front", "cameras": [GATE, "hall"]})
    api.post("/webhooks", {"name": "desk", "url": "https://desk.example/"})
    api.post("/snoozes", {"for": "2h"})
    publish(registry)
    api.post("/trainings", {"data": [registry]})
    api.put("/trainings/schedule", {"rule": "7d", "training": {"data": [registry]}})
    assert api.get("/areas") == command.json_lines("area", "list")
    assert api.get("/webhooks") == command.json("webhook", "list")
    assert api.get("/trainings") == command.json("training", "list")
    assert api.get("/trainings/schedule") == command.json("training", "schedule")


def test_what_more_cameras_need_is_told_over_the_api_too(api: Client, servers: Servers) -> None:
    a_measured_system(servers)
    headroom = api.get("/system?cameras=40")["headroom"]
    assert (headroom["more_cameras"], headroom["workers_needed"]["40"]) == (5, 2)
