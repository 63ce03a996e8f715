"""`maskwatch camera test` says what a source gives, or in one line what is wrong."""

import json
from pathlib import Path

import cv2
import pytest

from console.cameras.probing import name_of
from shared.connections import Servers
from shared.logins import CameraKey, seal
from tests.console.builders import a_camera, attach
from tests.console.cameras.builders import PASSWORD, Commands
from tests.console.cameras.terminal import in_a_terminal
from tests.console.test_command import MASKWATCH
from tests.integration.system import draw_clip
from tests.producer.servers import free_port, mjpeg_server

LOGIN = f"guard:{PASSWORD}"


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))


def test_a_clip_is_described_and_its_still_saved(camera: Commands, tmp_path: Path) -> None:
    draw_clip(tmp_path / "clip.mp4", has_mask=True, seconds=0.5)
    described, saved = camera.run("test", "clip.mp4").splitlines()
    assert described.startswith("ok: 640x360, mpeg4, claims 10 frames/s")
    assert saved.startswith("still: camera-test-clip-20")
    still = cv2.imread(saved.removeprefix("still: "))
    assert still is not None
    assert still.shape == (360, 640, 3)
    camera.run("test", "clip.mp4", "--still", "a.jpg")
    assert (tmp_path / "a.jpg").exists()


def test_a_camera_on_the_network_tells_its_measured_rate(camera: Commands, tmp_path: Path) -> None:
    with mjpeg_server(login=LOGIN) as server:
        told = json.loads(camera.run("test", server.url(LOGIN), "--json", "--no-still"))
    assert (told["ok"], told["codec"], told["width"], told["still"]) == (True, "mjpeg", 160, None)
    assert told["measured_fps"] > 1
    assert list(tmp_path.glob("*.jpg")) == []


@pytest.mark.parametrize("place", ["--login-env", "--login-file"])
def test_a_login_may_be_elsewhere(
    place: str, camera: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATE_LOGIN", LOGIN)
    (tmp_path / "GATE_LOGIN").write_text(LOGIN)
    with mjpeg_server(login=LOGIN) as server:
        assert "160x64" in camera.run("test", server.url(), place, "GATE_LOGIN", "--no-still")


def test_an_attached_camera_is_tested_by_its_id_where_the_key_is(
    servers: Servers, camera: Commands, key: CameraKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mjpeg_server(login=LOGIN) as server:
        hidden = server.url("***")
        sealed = seal(server.url(LOGIN), key.public)
        attach(servers, a_camera(source=hidden).model_copy(update={"sealed_source": sealed}))
        assert "its key is not on this machine" in camera.run("test", "gate", "--no-still", code=1)
        monkeypatch.setenv("MASKWATCH_CAMERA_KEY_FILE", str(tmp_path / "camera.key"))
        assert "160x64" in camera.run("test", "gate", "--no-still")


def test_what_is_wrong_is_one_line_and_an_object_for_programs(camera: Commands, tmp_path: Path) -> None:
    with mjpeg_server(login=LOGIN) as server:
        line = camera.run("test", server.url(f"guard:{PASSWORD}-not"), code=1)
        assert "login" in line or "password" in line
    address = f"rtsp://guard:{PASSWORD}@127.0.0.1:{free_port()}/live"
    assert camera.run("test", address, code=1).startswith("maskwatch: ")
    camera.run("test", "missing.mp4", "--json", code=1)
    told = next(json.loads(line) for line in camera.everything.splitlines() if line.startswith("{"))
    assert told["ok"] is False
    assert "missing.mp4" in told["error"]
    assert list(tmp_path.glob("*.jpg")) == []
    assert PASSWORD not in camera.everything


# What is wrong, the command and what the line says.
MISTAKES = {
    "a hidden login": ("test rtsp://***@h/", "its login is hidden: write it out"),
    "two logins": ("test rtsp://guard:x@h/ --login-env GATE", "there is a login in the address already"),
    "a still and none": ("test demo:bare --still a.jpg --no-still", "give --still or --no-still"),
    "a still that cannot be written": ("test demo:bare --still missing/a.jpg", "missing/a.jpg cannot be written"),
    "udp for a file": ("test clip.mp4 --transport udp", "transport udp is for rtsp:// addresses only"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line(mistake: str, camera: Commands) -> None:
    command, expected = MISTAKES[mistake]
    assert expected in camera.refused(*command.split())


def test_a_variable_that_is_not_set_here_is_one_line(camera: Commands) -> None:
    line = camera.run("test", "rtsp://127.0.0.1/", "--login-env", "GATE_LOGIN", code=1)
    assert "the environment here has no GATE_LOGIN: set it to user:password" in line


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("rtsp://guard:secret@10.0.0.9:554/a/b", "10.0.0.9"),
        ("http://Gate.example/video?x=1", "gate.example"),
        ("/clips/two words.mp4", "two-words"),
        ("loop:/clips/hall.mp4", "hall"),
        ("demo:bare", "bare"),
        ("0", "0"),
        ("rtsp://[::", "source"),
    ],
)
def test_a_still_is_named_after_a_host_or_a_file(source: str, name: str) -> None:
    assert name_of(source) == name


def test_a_login_is_asked_for_without_an_echo(tmp_path: Path) -> None:
    with mjpeg_server(login=LOGIN) as server:
        command = [MASKWATCH, "camera", "test", server.url(), "--login-ask", "--no-still"]
        shown = in_a_terminal(command, tmp_path, answers=[("user: ", "guard\n"), ("password: ", f"{PASSWORD}\n")])
    assert "160x64" in shown
    assert PASSWORD not in shown
    assert "guard" not in shown
