"""No login is kept or shown anywhere in a running system: not on its servers, in its files or in what commands say."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import redis

from console.command import run
from deploy.local.data_folder import DataFolder, NothingRuns
from shared.cameras import Camera
from shared.connections import connect
from shared.logins import CameraKey, address_of
from shared.streams import CAMERA_KEY, CAMERAS
from tests.console.builders import a_camera
from tests.console.cameras.builders import PASSWORD, SECRET
from tests.deploy.models import publish
from tests.integration.system import System, running
from tests.waiting import eventually

READERS: dict[bytes, Callable[[redis.Redis, bytes], Any]] = {
    b"string": lambda server, key: server.get(key),
    b"hash": lambda server, key: server.hgetall(key),
    b"list": lambda server, key: server.lrange(key, 0, -1),
    b"set": lambda server, key: server.smembers(key),
    b"zset": lambda server, key: server.zrange(key, 0, -1),
    b"stream": lambda server, key: server.xrange(key),
}


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    publish(tmp_path / "data" / "models").promote(1)
    return DataFolder(tmp_path / "data")


@pytest.fixture
def system(data: DataFolder) -> Iterator[System]:
    with running(data.root, "--camera", f"first={SECRET.replace('10.0.0.9', '127.0.0.1:1')}") as system:
        eventually(lambda: has_camera_key(data), timeout_s=60)
        yield system


def has_camera_key(data: DataFolder) -> bool:
    try:
        return bool(connect(data.running().state_redis).hexists(CAMERAS, "first"))
    except (NothingRuns, redis.RedisError):  # not yet
        return False


def everything_on(server: redis.Redis) -> str:
    found = ""
    for key in server.scan_iter():
        found += f"{key!r} {READERS[cast('bytes', server.type(key))](server, key)!r}\n"
    return found


def everything_in(folder: Path) -> bytes:
    return b"\n".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def test_a_password_is_nowhere_but_in_what_producers_can_open(
    system: System, data: DataFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, exported = tmp_path / "cameras.yaml", tmp_path / "exported.yaml"
    file.write_text(f"cameras: {{hall: {{source: '{SECRET}'}}}}")
    for command in (
        f"add gate={SECRET} --fps 2",
        f"add lens http://10.0.0.9/video?user=guard&pwd={PASSWORD}",
        f"add gate={SECRET} --transport udp",
        f"set lens --source {SECRET}",
        f"add wrong={SECRET} --login-env GATE",
        f"add wrong={SECRET} --transport sctp",
        f"import {file}",
        f"export {exported}",
        "export",
        f"import {exported}",
        "list",
        "list --json",
        *(f"show {each} {option}" for each in ("first", "gate", "hall", "lens") for option in ("", "--json")),
        "zones gate --exclude 0,0;1,0;0,1 --no-still",
        "zones gate --json",
        "remove hall",
    ):
        code = run(["camera", *command.split(), "--data", str(data.root)])
        assert code == (2 if "wrong" in command else 0), command
    run(["status", "--data", str(data.root)])
    printed = "".join(capsys.readouterr())
    state, frames = connect(data.running().state_redis), connect(data.running().frames_redis)
    # The producer's own words are of interest too: it has tried the address, and says what came of it.
    eventually(lambda: b"127.0.0.1" in (state.get("maskwatch:{s0}:capture:first") or b""), timeout_s=60)
    stored = everything_on(state) + everything_on(frames)
    key = CameraKey.at(data.camera_key)
    assert address_of(a_stored_camera(state, "gate"), key) == SECRET
    assert state.get(CAMERA_KEY) == key.public.encode()
    for text in (printed, stored, system.output, exported.read_text()):
        assert "gate" in text or "first" in text
        assert PASSWORD not in text
    files = everything_in(data.root)
    assert b"maskwatch:cameras" in files
    assert PASSWORD.encode() not in files


def a_stored_camera(state: redis.Redis, camera_id: str) -> Camera:
    return Camera.model_validate_json(state.hget(CAMERAS, camera_id) or b"")


def test_what_an_earlier_release_stored_is_sealed_and_leaves_the_disk(data: DataFolder) -> None:
    with running(data.root, "--camera", "first=demo:bare"):
        eventually(lambda: has_camera_key(data), timeout_s=60)
        state = connect(data.running().state_redis)
        state.hset(CAMERAS, "old", a_camera("old", SECRET).model_dump_json())
        state.close()
    assert PASSWORD.encode() in everything_in(data.state)
    with running(data.root, "--no-trainer") as system:
        eventually(lambda: "the stored logins of old are sealed now" in system.output, timeout_s=60)
        eventually(lambda: PASSWORD.encode() not in everything_in(data.state), timeout_s=60)
