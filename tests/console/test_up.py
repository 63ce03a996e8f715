"""`maskwatch up` as a process of its own: how it ends, and what it leaves."""

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from deploy.local.data_folder import DataFolder, NothingRuns
from shared.connections import connect
from shared.logins import CameraKey
from shared.streams import CAMERA_KEY, CAMERAS
from tests.console.test_command import MASKWATCH
from tests.deploy.models import publish
from tests.waiting import eventually

Up = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    """Its model is sound but runs in no worker: all but the workers come up, and those are tried again and again."""
    publish(tmp_path / "data" / "models").promote(1)
    return DataFolder(tmp_path / "data")


@pytest.fixture
def up(data: DataFolder, tmp_path: Path) -> Iterator[Up]:
    """Starts `maskwatch up` on the data folder; what it prints goes to out.txt."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*options: str) -> "subprocess.Popen[bytes]":
        command = [MASKWATCH, "up", "--data", str(data.root), "--port", "0", "--workers", "1", *options]
        with (tmp_path / "out.txt").open("wb") as out:
            started.append(subprocess.Popen(command, stdout=out, stderr=out, cwd=tmp_path))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def children(pid: int) -> list[int]:
    """The live processes whose parent is ``pid``."""
    tasks = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(task) for task in tasks]


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_bytes() != b""


def answers(data: DataFolder) -> bool:
    """Whether the console serves metrics, the last of the processes to come up."""
    try:
        url = data.running().console_url
        with urlopen(f"{url}/metrics") as metrics:  # noqa: S310 - an address on this machine
            return b"maskwatch_camera_up" in metrics.read()
    except (NothingRuns, OSError):  # not yet
        return False


def test_a_request_to_stop_ends_everything_cleanly_and_the_cameras_are_kept(
    up: Up, data: DataFolder, tmp_path: Path
) -> None:
    process = up("--camera", "gate=rtsp://root:secret@127.0.0.1:1/")
    eventually(lambda: answers(data), timeout_s=60)
    pids = children(process.pid)
    sockets = Path(data.running().state_redis.removeprefix("unix://")).parent
    process.send_signal(signal.SIGTERM)
    assert process.wait(40) == 0
    printed = (tmp_path / "out.txt").read_text()
    assert "gate (rtsp://***@127.0.0.1:1/)" in printed
    assert "/metrics" in printed
    assert "secret" not in printed + "".join(log.read_text() for log in data.logs.iterdir())
    assert not any(is_alive(pid) for pid in pids)
    assert not data.run_file.exists()
    assert not sockets.exists()
    up()
    eventually(lambda: answers(data), timeout_s=60)
    assert connect(data.running().state_redis).hkeys(CAMERAS) == [b"gate"]


def test_nothing_outlives_a_kill_and_the_next_start_goes_on(up: Up, data: DataFolder) -> None:
    process = up("--camera", "gate=rtsp://127.0.0.1:1/")
    eventually(lambda: answers(data), timeout_s=60)
    pids = children(process.pid)
    assert len(pids) >= 5  # two servers, producer, events, console; the worker comes and goes
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    eventually(lambda: not any(is_alive(pid) for pid in pids))
    up("--camera", "lobby=rtsp://127.0.0.1:1/")
    eventually(lambda: answers(data), timeout_s=60)
    assert sorted(json.loads(each)["id"] for each in connect(data.running().state_redis).hvals(CAMERAS)) == [
        "gate",
        "lobby",
    ]


def test_the_camera_key_may_be_elsewhere_and_one_that_is_none_is_one_line(
    up: Up, data: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MASKWATCH_CAMERA_KEY_FILE", "keys/camera.key")
    process = up("--camera", "gate=rtsp://127.0.0.1:1/")
    eventually(lambda: answers(data), timeout_s=60)
    key = CameraKey.at(tmp_path / "keys" / "camera.key")
    assert connect(data.running().state_redis).get(CAMERA_KEY) == key.public.encode()
    assert not data.camera_key.exists()
    process.send_signal(signal.SIGTERM)
    assert process.wait(40) == 0
    (tmp_path / "keys" / "camera.key").write_text("not a key")
    assert up().wait(40) == 2
    assert "holds no camera key" in (tmp_path / "out.txt").read_text()


def test_fsync_of_a_server_that_others_run_is_theirs_to_set(up: Up, tmp_path: Path) -> None:
    assert up("--redis", "redis://127.0.0.1:1", "--state-fsync", "always").wait(30) == 2
    assert "set appendfsync in the configuration of yours" in (tmp_path / "out.txt").read_text()
