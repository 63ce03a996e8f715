import base64
from pathlib import Path

import pytest

from shared.connections import Servers
from shared.jpegs import stated_size
from shared.logins import CameraKey
from shared.streams import HEADER, JPEG
from tests.console.api.client import Client
from tests.console.builders import KEYS, a_camera, a_status, attach, say
from tests.console.cameras.builders import HIDDEN, PASSWORD, SECRET, opened, stored, with_key
from tests.review import a_crop

DOOR = {"name": "door", "kind": "include", "points": [[0.1, 0.2], [0.5, 0.2], [0.5, 0.9]]}
LOGIN = {"user": "guard", "password": PASSWORD}


@pytest.fixture
def key(servers: Servers, tmp_path: Path) -> CameraKey:
    return with_key(servers, tmp_path)


def test_a_camera_is_added_listed_shown_changed_and_removed(api: Client) -> None:
    wish = {"id": "gate", "source": "rtsp://10.0.0.9/", "fps": 5, "motion": "low", "transport": "udp", "zones": [DOOR]}
    added = api.post("/cameras", wish)
    assert {name: added[name] for name in wish} == wish
    assert added == api.get("/cameras/gate")
    assert [each["id"] for each in api.get("/cameras")] == ["gate"]
    changed = api.patch("/cameras/gate", {"fps": "default", "motion": "high", "zones": []})
    assert (changed["fps"], changed["motion"], changed["transport"], changed["zones"]) == (None, "high", "udp", [])
    api.delete("/cameras/gate")
    assert "there is no camera 'gate'" in api.refused(404, "GET", "/cameras/gate")
    assert "there is no camera 'gate'" in api.refused(404, "PATCH", "/cameras/gate", {"fps": 1})
    assert "there is no camera 'gate'" in api.refused(404, "DELETE", "/cameras/gate")


def test_zones_come_back_as_they_were_sent_and_can_be_sent_again(api: Client, servers: Servers) -> None:
    screen = {"name": None, "kind": "exclude", "points": [[0, 0], [1, 0], [1, 0.123456], [0, 1]]}
    zones = api.post("/cameras", {"id": "gate", "source": "rtsp://10.0.0.9/", "zones": [DOOR, screen]})["zones"]
    before = stored(servers)
    assert zones == [DOOR, screen]
    assert api.patch("/cameras/gate", {"zones": zones})["zones"] == zones
    assert stored(servers) == before


def test_an_id_that_is_taken_is_refused_and_stays_what_it_was(api: Client, servers: Servers) -> None:
    before = attach(servers, a_camera())
    error = api.refused(409, "POST", "/cameras", {"id": "gate", "source": "rtsp://10.0.0.7/"})
    assert "there is a camera 'gate' already" in error
    assert stored(servers) == before


def test_a_login_is_sealed_for_producers_and_never_given_back(api: Client, servers: Servers, key: CameraKey) -> None:
    api.post("/cameras", {"id": "gate", "source": "rtsp://10.0.0.9/stream", "login": LOGIN})
    assert opened(servers, key) == SECRET
    api.post("/cameras", {"id": "hall", "source": SECRET})
    answers = [api.send("GET", path).text for path in ("/cameras", "/cameras/gate", "/cameras/hall", "/system")]
    assert HIDDEN in answers[0]
    assert not any(PASSWORD in text or "guard" in text for text in answers)
    assert api.get("/cameras/gate")["login"] == "in the address, sealed"
    assert api.patch("/cameras/gate", {"drops_login": True})["source"] == "rtsp://10.0.0.9/stream"
    api.patch("/cameras/gate", {"login": {"user": "a b", "password": "c@d"}})
    assert opened(servers, key) == "rtsp://a%20b:c%40d@10.0.0.9/stream"


@pytest.mark.parametrize(
    ("code", "method", "path", "body"),
    [
        (422, "POST", "/cameras", {"id": "G", "source": SECRET, "login": LOGIN}),
        (422, "POST", "/cameras", {"id": "gate", "source": SECRET, "login": PASSWORD}),
        (422, "POST", "/cameras", {"id": "gate", "source": "rtsp://h/", "login": {**LOGIN, "more": PASSWORD}}),
        (
            422,
            "POST",
            "/cameras",
            {"id": "gate", "source": "rtsp://h/", "login": {"user": "guard", "password": [PASSWORD]}},
        ),
        (422, "POST", "/cameras", {"id": "gate", "source": SECRET, "fps": PASSWORD}),
        (422, "POST", "/cameras", [PASSWORD]),
        (422, "PATCH", "/cameras/gate", {"login": LOGIN, "drops_login": True}),
        (400, "POST", "/cameras", {"id": "gate", "source": SECRET, "login": LOGIN}),
        (400, "POST", "/cameras", {"id": "gate", "source": "clip.mp4", "login": LOGIN}),
        (400, "POST", "/cameras", {"id": "gate", "source": f"tcp:guard:{PASSWORD}@10.0.0.9", "login": LOGIN}),
        (409, "POST", "/cameras", {"id": "gate", "source": "rtsp://h/", "login": LOGIN}),
        (409, "POST", "/cameras/test", {"source": f"rtsp://guard:{PASSWORD}@127.0.0.1:1/"}),
        (409, "POST", "/cameras/test", {"source": "rtsp://127.0.0.1:1/", "login": LOGIN}),
        (404, "PATCH", "/cameras/gate", {"source": SECRET}),
        (404, "GET", f"/{SECRET}", None),
    ],
)
def test_no_error_repeats_a_login(api: Client, code: int, method: str, path: str, body: object) -> None:
    error = api.refused(code, method, path, body)
    assert PASSWORD not in error
    assert "guard" not in error


FLAT = [[0, 0], [1, 0], [0.5, 0]]
OUTSIDE = [[0, 0], [1, 0], [2, 1]]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"id": "Gate", "source": "demo:bare"}, "id: string should match pattern"),
        ({"id": "gate"}, "source: field required"),
        ({"id": "gate", "source": "demo:bare", "fps": 0}, "fps: input should be greater than or equal to 0.01"),
        ({"id": "gate", "source": "demo:bare", "frames": 5}, "frames: extra inputs are not permitted"),
        ({"id": "gate", "source": "a\nb"}, "source: string should match pattern"),
        ({"id": "gate", "source": "demo:bare", "zones": [{"points": FLAT[:2]}]}, "zones.0.points: tuple should have"),
        ({"id": "gate", "source": "demo:bare", "zones": [{"points": OUTSIDE}]}, "less than or equal to 1"),
        ({"id": "gate", "source": "demo:bare", "zones": [{"points": FLAT}]}, "enclose nothing"),
    ],
)  # fmt: skip
def test_a_malformed_body_is_told_by_the_field(api: Client, body: object, expected: str) -> None:
    assert expected in api.refused(422, "POST", "/cameras", body)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"source": "missing.mp4"}, "missing.mp4"),
        ({"source": "demo:nobody"}, "demo:nobody"),
        ({"source": "rtsp:///"}, "names no host"),
        ({"source": "http://h/", "transport": "udp"}, "is for rtsp:// addresses only"),
        ({"source": "demo:bare", "zones": [DOOR, DOOR]}, "two zones are called 'door'"),
    ],
)
def test_what_cannot_be_watched_is_refused_as_by_the_command(
    api: Client, body: dict[str, object], expected: str
) -> None:
    assert expected in api.refused(400, "POST", "/cameras", {"id": "gate", **body})


def test_nothing_to_change_is_refused(api: Client, servers: Servers) -> None:
    attach(servers, a_camera())
    assert api.refused(400, "PATCH", "/cameras/gate", {}) == "nothing to change is given"


def test_a_source_is_tested_with_a_picture_and_a_camera_by_its_id(api: Client, servers: Servers) -> None:
    attach(servers, a_camera(source="demo:bare"))
    for body in ({"source": "demo:bare"}, {"camera": "gate"}):
        report = api.post("/cameras/test", body)
        assert report["ok"] is True
        still = base64.b64decode(report["still"].removeprefix("data:image/jpeg;base64,"))
        assert stated_size(still) == (report["width"], report["height"])
    assert "nobody" in api.refused(404, "POST", "/cameras/test", {"camera": "nobody"})
    assert "give source or camera" in api.refused(422, "POST", "/cameras/test", {})


def test_a_source_that_cannot_be_opened_says_why(api: Client) -> None:
    assert "127.0.0.1:1" in api.refused(409, "POST", "/cameras/test", {"source": "rtsp://127.0.0.1:1/"})


def test_the_newest_picture_is_given_as_it_came_and_else_one_is_taken(api: Client, servers: Servers) -> None:
    camera = attach(servers, a_camera(source="demo:bare"))
    say(servers, a_status(camera))
    assert stated_size(api.picture("/cameras/gate/still"))[0] > 0
    jpeg = a_crop()
    servers.frames.xadd(KEYS.frames("gate"), {HEADER: b"{}", JPEG: jpeg})
    assert api.picture("/cameras/gate/still") == jpeg
    assert "there is no camera 'nobody'" in api.refused(404, "GET", "/cameras/nobody/still")
