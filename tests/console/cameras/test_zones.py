"""Zones are listed, drawn and changed, by options and in an editor."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import cv2
import pytest

from producer.sources.demo import scene
from shared.cameras import Camera
from shared.connections import Servers
from shared.streams import HEADER, JPEG
from tests.console.builders import KEYS, a_camera, attach
from tests.console.cameras.builders import Commands, stored
from tests.console.cameras.terminal import in_a_terminal
from tests.console.test_command import MASKWATCH

DOOR = "door=0.1,0.2 0.5,0.2 0.5,0.9"
ALL = "0,0 1,0 1,1 0,1"


@pytest.fixture
def gate(servers: Servers) -> Camera:
    return attach(servers, a_camera())


def show_a_frame(servers: Servers) -> None:
    jpeg = cv2.imencode(".jpg", scene.draw(True, 30))[1].tobytes()
    servers.frames.xadd(KEYS.frames("gate"), {HEADER: b"{}", JPEG: jpeg})


def names(servers: Servers) -> list[str | None]:
    return [zone.name for zone in stored(servers).zones]


@pytest.mark.usefixtures("gate")
def test_zones_are_added_replaced_by_name_removed_and_cleared(servers: Servers, camera: Commands) -> None:
    change = ("zones", "gate", "--no-still")
    assert camera.run(*change) == "gate has no zones: its whole picture counts\n"
    out = camera.run(*change, "--zone", DOOR, "--exclude", ALL)
    assert out.splitlines()[-2:] == [f"1 include {DOOR}", f"2 exclude {ALL}"]
    out = camera.run(*change, "--zone", f"door={ALL}")
    assert out.splitlines()[:2] == [f"- include {DOOR}", f"+ include door={ALL}"]
    camera.run(*change, "--remove", "1")
    assert names(servers) == ["door"]
    assert "there is no zone 'window'; there are door" in camera.refused(*change, "--remove", "window")
    camera.run(*change, "--clear", "--exclude", f"screen={ALL}")
    assert names(servers) == ["screen"]
    assert json.loads(camera.run("zones", "gate", "--json")) == [
        {"name": "screen", "exclude": [[0, 0], [1, 0], [1, 1], [0, 1]]}
    ]
    camera.run(*change, "--clear")
    assert stored(servers) == a_camera()


@pytest.mark.usefixtures("gate")
def test_too_many_zones_and_an_unknown_camera_are_one_line(camera: Commands) -> None:
    many = [option for number in range(33) for option in ("--zone", f"z{number}={ALL}")]
    assert "at most 32 zones" in camera.refused("zones", "gate", *many)
    assert "there is no camera 'nobody'" in camera.refused("zones", "nobody")
    assert "give --edit or changes" in camera.refused("zones", "gate", "--edit", "--clear")
    assert "--no-still goes with neither" in camera.refused("zones", "gate", "--edit", "--no-still")


@pytest.mark.usefixtures("gate")
@pytest.mark.parametrize("name", ["zones.jpg", "zones.png"])
def test_zones_are_drawn_into_the_newest_frame(servers: Servers, camera: Commands, tmp_path: Path, name: str) -> None:
    show_a_frame(servers)
    camera.run("zones", "gate", "--zone", "0,0 0.5,0 0.5,1 0,1", "--still", str(tmp_path / name))
    drawn = cv2.imread(str(tmp_path / name))
    assert drawn is not None
    assert drawn.shape == (scene.HEIGHT, scene.WIDTH, 3)
    assert drawn[:, scene.WIDTH // 2 + 4 :].mean() < drawn[:, : scene.WIDTH // 2 - 4].mean()


def test_a_camera_without_frames_is_opened_for_its_picture(servers: Servers, camera: Commands, tmp_path: Path) -> None:
    attach(servers, a_camera(source="demo:bare"))
    camera.run("zones", "gate", "--still", str(tmp_path / "zones.jpg"))
    assert (tmp_path / "zones.jpg").stat().st_size > 0


def test_zones_are_drawn_beside_their_list_where_a_picture_can_be_had(
    servers: Servers, camera: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    attach(servers, a_camera(source="/nowhere/clip.mp4"))
    assert camera.run("zones", "gate") == "gate has no zones: its whole picture counts\n"
    assert "not drawn: camera gate gives no picture" in camera.everything
    show_a_frame(servers)
    assert camera.run("zones", "gate").splitlines()[-1] == "drawn into gate-zones.jpg"
    assert (tmp_path / "gate-zones.jpg").exists()


def test_a_picture_that_cannot_be_had_or_written_is_one_line(
    servers: Servers, camera: Commands, tmp_path: Path
) -> None:
    attach(servers, a_camera(source="/nowhere/clip.mp4"))
    assert "gives no picture: " in camera.run("zones", "gate", "--still", str(tmp_path / "a.jpg"), code=1)
    show_a_frame(servers)
    assert "cannot be written" in camera.refused("zones", "gate", "--still", str(tmp_path / "missing" / "a.jpg"))
    assert "no picture format" in camera.refused("zones", "gate", "--still", str(tmp_path / "a.txt"))


@pytest.mark.usefixtures("gate")
def test_editing_without_a_terminal_only_draws(
    servers: Servers, camera: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    show_a_frame(servers)
    assert "--edit needs a terminal: the zones are only drawn" in camera.run("zones", "gate", "--edit")
    assert (tmp_path / "gate-zones.jpg").exists()


def edit(redis_url: str, folder: Path, editor: str, answers: Sequence[tuple[str, str]] = ()) -> str:
    """What `camera zones gate --edit` shows when a script is the editor."""
    (folder / "editor.py").write_text(editor)
    env = {"EDITOR": f"{sys.executable} {folder / 'editor.py'}", "VISUAL": ""}
    command = [MASKWATCH, "camera", "zones", "gate", "--edit", "--redis", redis_url]
    return in_a_terminal(command, folder, answers, env)


def test_zones_are_edited_until_they_are_right(servers: Servers, redis_url: str, tmp_path: Path) -> None:
    attach(servers, a_camera())
    show_a_frame(servers)
    # The first time the editor makes a mistake, the second time none.
    editor = """
import pathlib, sys
file = pathlib.Path(sys.argv[1])
text = file.read_text()
assert "shares of the picture" in text and "gate-zones.jpg is 0.1 apart" in text
right = "zones: [{name: door, include: [[0, 0], [1, 0], [1, 1]]}]"
file.write_text(right if "moar" in text else text.replace("zones: []", "zones: [{moar: 1}]"))
"""
    shown = edit(redis_url, tmp_path, editor, [("edit again? [Y/n]: ", "y\n")])
    assert "this cannot be used: zone 1: unknown field moar" in shown
    assert "+ include door=0,0 1,0 1,1" in shown
    assert shown.count("drawn into gate-zones.jpg") == 2
    assert names(servers) == ["door"]


def test_an_editor_that_changes_nothing_changes_nothing(servers: Servers, redis_url: str, tmp_path: Path) -> None:
    before = attach(servers, a_camera(source="/nowhere/clip.mp4"))
    shown = edit(redis_url, tmp_path, "")
    assert "gives no picture" in shown
    assert "nothing is changed" in shown
    assert stored(servers) == before
