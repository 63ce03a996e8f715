import json

import pytest

from console.areas.exporter import AreaCollector
from console.areas.reading import read_all
from console.command import run
from shared.connections import Servers
from shared.streams import AREAS, AreaKeys
from tests.console.builders import a_camera, attach


@pytest.fixture
def site(servers: Servers, redis_url: str) -> list[str]:
    """Options that find a system with three cameras."""
    for camera in ("gate", "yard", "hall"):
        attach(servers, a_camera(camera))
    return ["--redis", redis_url]


def test_an_area_is_declared_shown_changed_and_removed(
    site: list[str], servers: Servers, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["area", "add", "front", "gate", "yard", "--window", "8s", *site]) == 0
    servers.state.hset(AreaKeys("front").counts, mapping={"violations": 3, "spells:gate": 2, "spells:yard": 2})
    capsys.readouterr()
    assert run(["area", "list", *site]) == 0
    assert capsys.readouterr().out == "front: 3 violations, of gate 2, yard 2; within 8 s\n"
    joined = json.loads(servers.state.hget(AREAS, "front") or b"")["cameras"]["gate"]
    assert run(["area", "set", "front", "gate", "hall", *site]) == 0
    changed = json.loads(servers.state.hget(AREAS, "front") or b"")
    assert changed["cameras"].keys() == {"gate", "hall"}
    assert (changed["cameras"]["gate"], changed["window_s"]) == (joined, 8)
    assert changed["cameras"]["hall"] > joined
    capsys.readouterr()
    assert run(["area", "show", "front", "--json", *site]) == 0
    assert json.loads(capsys.readouterr().out)["violations"] == 3
    assert run(["area", "remove", "front", *site]) == 0
    assert not servers.state.exists(AREAS)
    assert servers.state.hget(AreaKeys("front").counts, "violations") == b"3"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["add", "front", "gate"], "2 to 32 cameras"),
        (["add", "front", "gate", "gate"], "2 to 32 cameras"),
        (["add", "Front Door", "gate", "yard"], "lower-case"),
        (["add", "front", "gate", "attic"], "no camera 'attic'; there are gate, hall, yard"),
        (["add", "front", "gate", "yard", "--window", "soon"], "--window"),
        (["add", "front", "gate", "yard", "--window", "2h"], "0 to 300 seconds"),
        (["set", "front", "gate", "yard"], "no area 'front'; there are none"),
        (["show", "front"], "no area"),
        (["remove", "front"], "no area"),
    ],
)
def test_what_cannot_be_is_one_line(
    arguments: list[str], reason: str, site: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["area", *arguments, *site]) == 2
    error = capsys.readouterr().err
    assert reason in error
    assert error.count("\n") == 1


def test_areas_are_exported_from_durable_counts(site: list[str], servers: Servers) -> None:
    assert run(["area", "add", "front", "gate", "yard", *site]) == 0
    (family,) = AreaCollector(lambda: read_all(servers.state)).collect()
    assert [(each.labels, each.value) for each in family.samples] == [({"area": "front"}, 0)]
    servers.state.hset(AreaKeys("front").counts, "violations", 7)
    servers.state.hset(AREAS, "broken", "{")
    (family,) = AreaCollector(lambda: read_all(servers.state)).collect()
    assert [each.value for each in family.samples] == [7]


def test_an_area_that_cannot_be_understood_can_be_removed(site: list[str], servers: Servers) -> None:
    servers.state.hset(AREAS, "front", "{")
    assert run(["area", "show", "front", *site]) == 2
    assert run(["area", "remove", "front", *site]) == 0
    assert run(["area", "add", "front", "gate", "yard", *site]) == 0
