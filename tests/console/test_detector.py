"""`maskwatch detector`: YuNet's weights come whole and right or not at all, and lists tell what to expect."""

import hashlib
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest

from console.command import run
from console.errors import CommandFailed
from console.fetching import Patience, WantedFile, fetch
from deploy.local.data_folder import DataFolder, default_data_folder
from tests.console.file_server import GOOD, running_file_server
from tests.worker.drawn import a_scene
from worker.detector_figures import FIGURES

REAL = Path(__file__).parents[2].parent / "shared" / "data" / "weights" / "face_detection_yunet_2023mar.onnx"
needs_weights = pytest.mark.skipif(not REAL.is_file(), reason="the YuNet weights are not part of the project")
SHA256 = hashlib.sha256(GOOD).hexdigest()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running_file_server() as address:
        yield address


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MASKWATCH_YUNET_SHA256", SHA256)


@pytest.fixture
def place() -> Path:
    """Where the weights go when nobody says."""
    return DataFolder(default_data_folder()).yunet_weights


def wanted_from(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASKWATCH_YUNET_URL", url)


@pytest.mark.parametrize("path", ["good", "moved"])
def test_the_right_file_is_put_where_yunet_finds_it(
    server: str, path: str, place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted_from(f"{server}/{path}", monkeypatch)
    assert run(["detector", "fetch", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts == {"path": str(place), "sha256": SHA256, "bytes": len(GOOD), "fetched": True}
    assert place.read_bytes() == GOOD
    assert list(place.parent.iterdir()) == [place]


def test_a_file_that_is_there_already_is_not_fetched_again(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted_from("http://127.0.0.1:1/", monkeypatch)
    place.parent.mkdir(parents=True)
    place.write_bytes(GOOD)
    assert run(["detector", "fetch"]) == 0
    assert "already" in capsys.readouterr().out
    assert run(["detector", "fetch", "--force"]) == 1


def test_another_file_is_replaced_only_by_force(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted_from(f"{server}/good", monkeypatch)
    target = tmp_path / "mine.onnx"
    target.write_bytes(b"mine")
    assert run(["detector", "fetch", "--to", str(target)]) == 2
    assert "--force" in capsys.readouterr().err
    assert target.read_bytes() == b"mine"
    assert run(["detector", "fetch", "--to", str(target), "--force"]) == 0
    assert target.read_bytes() == GOOD


# What the server does, and what the line says.
FAILURES = {
    "wrong": "is another file (its sha256 is",
    "missing": "answers 404",
    "cut": "ended before all of it came",
    "large": "is more than 4 MB",
    "endless": "is more than 4 MB",
    "loop": "without an end",
    "away": "cannot be reached",
}


@pytest.mark.parametrize("failure", FAILURES)
def test_what_is_not_the_right_file_leaves_everything_as_it_was(
    server: str, failure: str, place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted_from(f"{server}/{failure}", monkeypatch)
    place.parent.mkdir(parents=True)
    place.write_bytes(b"before")
    assert run(["detector", "fetch", "--force"]) == 1
    assert FAILURES[failure] in the_line(capsys)
    assert place.read_bytes() == b"before"
    assert list(place.parent.iterdir()) == [place]


def the_line(capsys: pytest.CaptureFixture[str]) -> str:
    (line,) = capsys.readouterr().err.splitlines()
    assert "secret" not in line
    assert "--yunet-weights" in line or "--to" in line
    return line


@pytest.mark.parametrize("url", ["http://me:secret@127.0.0.1:1/yunet.onnx", "file:///nowhere/yunet.onnx"])
def test_an_address_where_nobody_answers_is_one_line_without_its_password(
    url: str, place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted_from(url, monkeypatch)
    assert run(["detector", "fetch"]) == 1
    assert "cannot be reached" in the_line(capsys)
    assert not place.exists()


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/yunet.onnx", "yunet.onnx"])
def test_an_address_of_another_kind_is_refused(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted_from(url, monkeypatch)
    assert run(["detector", "fetch"]) == 2
    assert "MASKWATCH_YUNET_URL" in capsys.readouterr().err


def test_a_server_that_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        wanted = WantedFile(f"http://127.0.0.1:{silent.getsockname()[1]}/", SHA256)
        with pytest.raises(CommandFailed, match="does not answer in time"):
            fetch(wanted, Patience(silence_s=0.05), lambda *_: None)


def test_a_server_that_goes_on_for_ever_is_given_up(server: str) -> None:
    with pytest.raises(CommandFailed, match="does not answer in time"):
        fetch(WantedFile(f"{server}/good", SHA256), Patience(whole_s=0), lambda *_: None)


def test_progress_is_told_in_bytes(server: str) -> None:
    told: list[tuple[int, int | None]] = []
    fetch(WantedFile(f"{server}/good", SHA256), Patience(), lambda *each: told.append(each))
    assert told[-1] == (len(GOOD), len(GOOD))


@pytest.mark.parametrize("to", ["folder", "notes.txt/yunet.onnx"])
def test_a_place_that_cannot_be_written_is_told_before_anything_is_fetched(
    to: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted_from("http://127.0.0.1:1/", monkeypatch)
    (tmp_path / "folder").mkdir()
    (tmp_path / "notes.txt").write_text("a file")
    assert run(["detector", "fetch", "--to", str(tmp_path / to)]) == 2
    assert "--to" in the_line(capsys)


@needs_weights
@pytest.mark.parametrize("command", ["detect", "up"])
def test_what_was_fetched_needs_no_option(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MASKWATCH_YUNET_SHA256")  # the right file is the real one
    wanted_from(REAL.as_uri(), monkeypatch)
    assert run(["detector", "fetch"]) == 0
    picture = tmp_path / "face.png"
    cv2.imwrite(str(picture), a_scene((200, 200, 120)))
    capsys.readouterr()
    if command == "detect":
        assert run(["detect", "--detector", "yunet", "--json", "-", str(picture)]) == 0
        assert len(json.loads(capsys.readouterr().out)["detections"]) == 1
    else:
        # It goes as far as the port, which is after the weights.
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])
            assert run(["up", "--detector", "yunet", "--port", port]) == 2
            assert f"port {port}" in capsys.readouterr().err


def test_the_list_says_which_is_set_which_runs_and_what_to_expect(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MASKWATCH_DETECTOR", "haar")
    assert run(["detector", "list", "--json"]) == 0
    listed = {each["name"]: each for each in json.loads(capsys.readouterr().out)}
    assert {name: each["set"] for name, each in listed.items()} == {"haar": True, "yunet": False, "maskwatch": False}
    assert {name: each["runs_here"] for name, each in listed.items()} == {
        "haar": True,
        "yunet": False,
        "maskwatch": True,
    }
    assert "maskwatch detector fetch" in listed["yunet"]["problem"]
    assert listed["haar"]["expected"]["recall"]["with_mask"] == FIGURES["haar"].masked_found


def test_the_list_for_people_has_two_lines_a_detector(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["detector", "list"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 2 * len(FIGURES)
    assert [line for line in printed if line.startswith("*")] == ["* maskwatch  runs here"]


def test_weights_that_are_none_do_not_run_here(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place.parent.mkdir(parents=True)
    place.write_bytes(b"not a network")
    assert run(["detector", "list"]) == 0
    assert "does not run here" in capsys.readouterr().out
