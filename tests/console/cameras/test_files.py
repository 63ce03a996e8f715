"""Cameras come from a file and go into one."""

import io
from pathlib import Path

import pytest
import yaml

from shared.connections import Servers
from shared.logins import CameraKey, seal
from shared.streams import CAMERAS
from tests.console.builders import a_camera, attach
from tests.console.cameras.builders import HIDDEN, PASSWORD, SECRET, Commands, attached_ids, opened, stored

EVERYTHING = f"""
cameras:
  gate:
    source: {SECRET}
    fps: 5
    motion: off
    transport: udp
    zones:
      - name: door
        include: [[0.1, 0.2], [0.5, 20%], [0.5, 0.9]]
      - exclude: "0,0 1,0 0,1"
  hall: {{source: "http://10.0.0.8/video", login: {{env: HALL_LOGIN}}}}
  yard: {{source: "rtsp://10.0.0.7/", login: {{file: /run/secrets/yard}}}}
  desk: {{source: 0}}
"""


def a_file(folder: Path, text: str) -> str:
    file = folder / "cameras.yaml"
    file.write_text(text)
    return str(file)


def test_all_cameras_of_a_file_are_attached(servers: Servers, camera: Commands, key: CameraKey, tmp_path: Path) -> None:
    out = camera.run("import", a_file(tmp_path, EVERYTHING))
    assert out.splitlines() == [f"{each} is added" for each in ("gate", "hall", "yard", "desk")]
    gate = stored(servers)
    assert (gate.fps, gate.motion, gate.transport, gate.source) == (5.0, "off", "udp", HIDDEN)
    assert [(zone.name, zone.kind) for zone in gate.zones] == [("door", "include"), (None, "exclude")]
    assert opened(servers, key) == SECRET
    assert stored(servers, "hall").login == "env:HALL_LOGIN"
    assert stored(servers, "yard").login == "file:/run/secrets/yard"
    assert stored(servers, "desk").kind == "usb"


def test_cameras_may_stand_in_a_list(servers: Servers, camera: Commands, tmp_path: Path) -> None:
    text = """
cameras:
  - {id: gate, source: "demo:bare", zones: [[[0, 0], [1, 0], [0, 1]]]}
  - {id: hall, source: "demo:masked"}
"""
    assert camera.run("import", a_file(tmp_path, text)).splitlines() == ["gate is added", "hall is added"]
    assert [zone.kind for zone in stored(servers).zones] == ["include"]


def test_what_was_exported_changes_nothing_when_it_is_imported(
    servers: Servers, camera: Commands, key: CameraKey, tmp_path: Path
) -> None:
    camera.run("import", a_file(tmp_path, EVERYTHING))
    attach(servers, a_camera("clip", "/clips/that/are/elsewhere.mp4", epoch=3))
    before = servers.state.hgetall(CAMERAS)
    exported = tmp_path / "exported.yaml"
    assert camera.run("export", str(exported)) == f"5 cameras in {exported}\n"
    assert PASSWORD not in exported.read_text()
    out = camera.run("import", str(exported), "--prune")
    assert out.splitlines() == [f"{each} is left as it was" for each in ("clip", "desk", "gate", "hall", "yard")]
    assert servers.state.hgetall(CAMERAS) == before
    servers.state.delete(CAMERAS)
    exported.write_text(exported.read_text().replace("/clips/that/are/elsewhere.mp4", "demo:bare"))
    camera.run("import", str(exported))
    assert opened(servers, key) == SECRET


def test_what_is_sealed_is_looked_into_where_the_key_is(
    servers: Servers, camera: Commands, key: CameraKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = CameraKey.at(tmp_path / "others.key")
    text = "cameras: {{gate: {{source: '{}', sealed: '{}'}}}}"
    not_ours = a_file(tmp_path, text.format(HIDDEN, seal(SECRET, others.public)))
    camera.run("import", not_ours)
    monkeypatch.setenv("MASKWATCH_CAMERA_KEY_FILE", str(tmp_path / "camera.key"))
    assert "camera gate: sealed: it was sealed for another camera key" in camera.refused("import", not_ours)
    another = a_file(tmp_path, text.format("rtsp://***@10.0.0.10/", seal(SECRET, key.public)))
    assert "camera gate: sealed: it was sealed for another address" in camera.refused("import", another)
    camera.run("import", a_file(tmp_path, text.format(HIDDEN, seal(SECRET, key.public))))
    assert opened(servers, key) == SECRET


def test_the_smallest_shares_come_back_as_they_were(servers: Servers, camera: Commands, tmp_path: Path) -> None:
    text = "cameras: {gate: {source: 'demo:bare', zones: [{include: [[0.00001, 0], [1, 0.000001], [0.333333, 1]]}]}}"
    camera.run("import", a_file(tmp_path, text))
    exported = a_file(tmp_path, camera.run("export"))
    assert camera.run("import", exported) == "gate is left as it was\n"


def test_cameras_travel_through_pipes(servers: Servers, camera: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    attach(servers, a_camera())
    text = camera.run("export")
    assert yaml.safe_load(text) == {"cameras": {"gate": {"source": "rtsp://10.0.0.9/"}}}
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    assert camera.run("import", "-") == "gate is left as it was\n"


def test_an_import_says_what_it_changes_and_prunes_only_when_told(
    servers: Servers, camera: Commands, tmp_path: Path
) -> None:
    for camera_id in ("gate", "hall", "lobby"):
        attach(servers, a_camera(camera_id))
    text = """
    cameras:
      gate: {source: "rtsp://10.0.0.9/", fps: 2, zones: [{exclude: "0,0 1,0 0,1"}]}
      hall: {source: "rtsp://10.0.0.9/"}
      yard: {source: "demo:bare"}
    """
    expected = ["gate is changed: fps, zones", "hall is left as it was", "yard is added"]
    before = servers.state.hgetall(CAMERAS)
    rehearsed = camera.run("import", a_file(tmp_path, text), "--prune", "--dry-run").splitlines()
    assert rehearsed == [f"{line} (dry run)" for line in [*expected, "lobby is removed"]]
    assert servers.state.hgetall(CAMERAS) == before
    assert camera.run("import", a_file(tmp_path, text)).splitlines() == expected
    assert attached_ids(servers) == ["gate", "hall", "lobby", "yard"]
    assert camera.run("import", a_file(tmp_path, text), "--prune").splitlines()[-1] == "lobby is removed"
    assert attached_ids(servers) == ["gate", "hall", "yard"]


# What is wrong, the text of the file and what the line says.
MISTAKES = {
    "no YAML": ("cameras: [", "line 1"),
    "a list": ("- gate", "the file begins with `cameras:`"),
    "a list of cameras": ("cameras: [gate]", "under it stands each camera's id"),
    "another beginning": ("camera: {}", "unknown field camera; did you mean cameras?"),
    "nothing of a camera": ("cameras: {gate: }", "camera gate: give at least its source"),
    "no source": ("cameras: {gate: {fps: 5}}", "camera gate: source: give a file"),
    "an id twice": (
        "cameras:\n  gate: {source: 'demo:bare'}\n  gate: {source: 'demo:masked'}",
        "line 3, column 3: gate is there twice",
    ),
    "an id twice, once as a number": (
        "cameras: {1: {source: 'demo:bare'}, '1': {source: 'demo:bare'}}",
        "camera id '1' is given twice",
    ),
    "a sealed login that is none": (
        f"cameras: {{gate: {{source: '{HIDDEN}', sealed: abc}}}}",
        "camera gate: sealed: give the text that `maskwatch camera export` wrote",
    ),
    "a field twice": ("cameras: {gate: {source: 'demo:bare', source: 'demo:masked'}}", "source is there twice"),
    "an id that is none": ("cameras: {Gate: {source: 'demo:bare'}}", "camera id 'Gate' is not allowed: lower-case"),
    "an unknown field": (
        "cameras: {gate: {source: 'demo:bare', moton: low}}",
        "camera gate: unknown field moton; did you mean motion?",
    ),
    "a rate that is none": ("cameras: {gate: {source: 'demo:bare', fps: fast}}", "camera gate: fps: give a number"),
    "too high a rate": ("cameras: {gate: {source: 'demo:bare', fps: 1000}}", "fps: give a number above 0, at most 240"),
    "an unknown motion": ("cameras: {gate: {source: 'demo:bare', motion: wild}}", "motion: give one of off, low"),
    "an unknown transport": ("cameras: {gate: {source: 'rtsp://h/', transport: 5}}", "give one of tcp, udp"),
    "a login in the clear": (
        "cameras: {gate: {source: 'rtsp://h/', login: 'guard:correct-horse'}}",
        "camera gate: login: give {env: NAME} or {file: /PATH}",
    ),
    "two places": ("cameras: {gate: {source: 'rtsp://h/', login: {env: A, file: /b}}}", "login: give {env: NAME}"),
    "an unknown place": ("cameras: {gate: {source: 'rtsp://h/', login: {envv: A}}}", "did you mean env?"),
    "a password for a variable": (
        "cameras: {gate: {source: 'rtsp://h/', login: {env: 'guard:correct-horse'}}}",
        "such as GATE_LOGIN",
    ),
    "a relative login file": (
        "cameras: {gate: {source: 'rtsp://h/', login: {file: gate}}}",
        "file is an absolute path",
    ),
    "a login twice": (
        f"cameras: {{gate: {{source: '{SECRET}', login: {{env: A}}}}}}",
        "camera gate: there is a login in the address already",
    ),
    "a hidden login that nobody knows": (f"cameras: {{gate: {{source: '{HIDDEN}'}}}}", "its login is hidden"),
    "a sealed login for an open address": (
        f"cameras: {{gate: {{source: 'rtsp://h/', sealed: {'A' * 80}}}}}",
        "sealed: goes with",
    ),
    "zones that are no list": ("cameras: {gate: {source: 'demo:bare', zones: all}}", "camera gate: zones: give a list"),
    "a zone of neither kind": (
        "cameras: {gate: {source: 'demo:bare', zones: [{name: door}]}}",
        "camera gate: zone 1: give either include: or exclude:",
    ),
    "a corner outside": (
        "cameras: {gate: {source: 'demo:bare', zones: [{include: '0,0 1,0 1,1'}, {exclude: [[0, 0], [2, 0], 1]}]}}",
        "camera gate: zone 2: 2 lies outside the picture",
    ),
    "a missing clip": ("cameras: {gate: {source: /nowhere/clip.mp4}}", "/nowhere/clip.mp4"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_a_file_is_one_line_and_changes_nothing(
    mistake: str, servers: Servers, camera: Commands, key: CameraKey, tmp_path: Path
) -> None:
    text, expected = MISTAKES[mistake]
    sound = "\n  lobby: {source: 'demo:bare'}" if text.startswith("cameras:\n") else ""
    assert expected in camera.refused("import", a_file(tmp_path, text + sound))
    assert attached_ids(servers) == []
    assert PASSWORD not in camera.everything


def test_a_file_that_cannot_be_read_is_one_line(camera: Commands, tmp_path: Path) -> None:
    assert "cannot be read" in camera.refused("import", str(tmp_path / "missing.yaml"))
    (tmp_path / "picture.yaml").write_bytes(b"\xff\xfe\x00")
    assert "is no text" in camera.refused("import", str(tmp_path / "picture.yaml"))
    assert "cannot be written" in camera.refused("export", str(tmp_path / "missing" / "cameras.yaml"))


def test_one_camera_that_is_wrong_keeps_all_others_as_they_were(
    servers: Servers, camera: Commands, key: CameraKey, tmp_path: Path
) -> None:
    before = attach(servers, a_camera("gate"))
    text = f"cameras: {{gate: {{source: 'demo:bare'}}, hall: {{source: '{HIDDEN}'}}}}"
    assert "camera hall: its login is hidden" in camera.refused("import", a_file(tmp_path, text), "--prune")
    assert (attached_ids(servers), stored(servers)) == (["gate"], before)
