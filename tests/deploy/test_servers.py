import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from deploy.local import servers
from deploy.local.data_folder import DataFolder
from deploy.local.system import LocalSystem, SystemPlan
from shared.connections import connect
from shared.settings import Fsync
from tests.waiting import eventually

Start = Callable[[], LocalSystem]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts the two embedded servers, and nothing else, on one data folder."""
    data = DataFolder(tmp_path / "data")
    plan = SystemPlan(None, None, 1, str(data.models), "", {})
    started: list[LocalSystem] = []

    def start() -> LocalSystem:
        system = LocalSystem(data, plan, lambda _: None, processes=lambda _: [])
        started.append(system)
        system.start_servers()
        return system

    with data.locked():
        yield start
        for system in started:
            system.stop()


def kill(system: LocalSystem, name: str) -> None:
    child = system.supervisor.child(name)
    child.kill()
    eventually(lambda: not child.is_running())


def restart_what_died(system: LocalSystem, url: str) -> None:
    def answers() -> bool:
        system.supervisor.tick()
        try:
            return bool(connect(url).ping())
        except redis.ConnectionError:
            return False

    eventually(answers)


def test_state_outlives_a_killed_server_and_frames_do_not(start: Start) -> None:
    system = start()
    connect(system.state_redis).set("count", 7)
    connect(system.frames_redis).set("frame", "picture")
    for name in (servers.STATE, servers.FRAMES):
        kill(system, name)
    for url in (system.state_redis, system.frames_redis):
        restart_what_died(system, url)
    assert connect(system.state_redis).get("count") == b"7"
    assert connect(system.frames_redis).get("frame") is None


def test_state_outlives_a_clean_stop_and_frames_leave_nothing_on_disk(start: Start, tmp_path: Path) -> None:
    system = start()
    connect(system.state_redis).set("count", 7)
    connect(system.frames_redis).set("frame", "a picture of somebody")
    system.stop()
    on_disk = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(b"a picture of somebody" in content for content in on_disk)
    assert connect(start().state_redis).get("count") == b"7"


def test_a_write_that_was_cut_off_is_dropped_and_the_rest_kept(start: Start, tmp_path: Path) -> None:
    system = start()
    connect(system.state_redis).set("first", 1)
    connect(system.state_redis).set("second", 2)
    system.stop()
    log = append_only_file(tmp_path)
    log.write_bytes(log.read_bytes()[:-5])
    state = connect(start().state_redis)
    assert (state.get("first"), state.get("second")) == (b"1", None)


def test_damaged_state_is_refused_in_one_line_that_says_where_it_is(start: Start, tmp_path: Path) -> None:
    system = start()
    for number in range(20):
        connect(system.state_redis).set(f"key-{number}", "x" * 50)
    system.stop()
    log = append_only_file(tmp_path)
    content = log.read_bytes()
    log.write_bytes(content[:200] + b"#" * 40 + content[240:])
    with pytest.raises(servers.ServerFailed, match=r"^the saved state in .*/state is damaged: [^\n]*$"):
        start()


@pytest.mark.parametrize("fsync", ["everysec", "always"])
def test_writes_are_on_the_disk_as_soon_as_was_asked_for(fsync: Fsync, tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "data")
    plan = SystemPlan(None, None, 1, str(data.models), "", {}, state_fsync=fsync)
    system = LocalSystem(data, plan, lambda _: None)
    with data.locked():
        system.start_servers()
        options = connect(system.state_redis).config_get("appendfsync")
        system.stop()
    assert options == {"appendfsync": fsync}


def test_only_this_user_reaches_the_sockets_and_a_killed_run_s_are_removed(start: Start, tmp_path: Path) -> None:
    abandoned = start()
    folder = Path(abandoned.state_redis.removeprefix("unix://")).parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name in (servers.STATE, servers.FRAMES):
        kill(abandoned, name)
    start()
    assert not folder.exists()


def append_only_file(tmp_path: Path) -> Path:
    return next((tmp_path / "data" / "state" / "appendonlydir").glob("*.incr.aof"))
