import pytest

from shared.connections import Servers
from shared.streams import AreaKeys
from tests.console.api.client import Client
from tests.console.builders import a_camera, attach


@pytest.fixture(autouse=True)
def _site(servers: Servers) -> None:
    for camera in ("gate", "yard", "hall"):
        attach(servers, a_camera(camera))


def test_an_area_is_declared_shown_changed_and_removed(api: Client, servers: Servers) -> None:
    servers.state.hset(AreaKeys("front").counts, mapping={"violations": 3, "spells:gate": 2})
    added = api.post("/areas", {"name": "front", "cameras": ["gate", "yard"], "window_s": 0.00001})
    assert (added["violations"], added["cameras"], added["window_s"]) == (3, {"gate": 2, "yard": 0}, 0.00001)
    assert api.get("/areas") == [added] == [api.get("/areas/front")]
    changed = api.patch("/areas/front", {"cameras": ["gate", "hall"]})
    assert (list(changed["cameras"]), changed["window_s"]) == (["gate", "hall"], 0.00001)
    assert api.patch("/areas/front", {"window_s": 0})["window_s"] == 0
    api.delete("/areas/front")
    assert api.get("/areas") == []
    for method in ("GET", "DELETE"):
        assert "there is no area 'front'" in api.refused(404, method, "/areas/front")


@pytest.mark.parametrize(
    ("code", "body", "expected"),
    [
        (409, {"name": "front", "cameras": ["gate", "yard"]}, "already"),
        (400, {"name": "back", "cameras": ["gate", "attic"]}, "no camera 'attic'; there are gate, hall, yard"),
        (400, {"name": "back", "cameras": ["gate", "gate"]}, "2 to 32 cameras"),
        (422, {"name": "back", "cameras": ["gate"]}, "cameras"),
        (422, {"name": "Front Door", "cameras": ["gate", "yard"]}, "name"),
        (422, {"name": "back", "cameras": ["gate", "yard"], "window_s": 301}, "window_s"),
    ],
)
def test_what_cannot_be_an_area_is_refused(api: Client, code: int, body: dict[str, object], expected: str) -> None:
    api.post("/areas", {"name": "front", "cameras": ["gate", "yard"]})
    assert expected in api.refused(code, "POST", "/areas", body)


def test_nothing_to_change_is_refused(api: Client) -> None:
    assert api.refused(400, "PATCH", "/areas/front", {}) == "nothing to change is given"
    assert "there is no area" in api.refused(404, "PATCH", "/areas/front", {"window_s": 1})
