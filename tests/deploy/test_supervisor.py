import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from deploy.local import child as child_module
from deploy.local.child import Child, ProcessSpec
from deploy.local.data_folder import process_started
from deploy.local.supervisor import Supervisor
from tests.waiting import eventually

SLEEPER = ("/bin/sleep", "600")
STUBBORN = ("/bin/sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done")


class Desk:
    """A supervisor with a clock that the test turns, and what it told the operator."""

    def __init__(self, logs: Path) -> None:
        self.now = 0.0
        self.said: list[str] = []
        self.supervisor = Supervisor(logs, self.said.append, clock=lambda: self.now)

    def dies(self, name: str) -> None:
        child = self.supervisor.child(name)
        child.kill()
        eventually(lambda: not child.is_running())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "logs")
    yield desk
    desk.supervisor.stop(is_urgent=lambda: True)


def test_a_killed_child_comes_back_and_the_operator_reads_so(desk: Desk) -> None:
    sleeper = desk.supervisor.add(ProcessSpec("sleeper", SLEEPER))
    first_pid = sleeper.pid
    desk.dies("sleeper")
    desk.supervisor.tick()
    assert desk.said == ["sleeper was killed by SIGKILL; starting it again in 0.5 s"]
    assert not sleeper.is_running()
    desk.now += 0.5
    desk.supervisor.tick()
    assert sleeper.is_running()
    assert sleeper.pid != first_pid


def test_waits_double_up_to_thirty_seconds_and_start_over_after_a_healthy_minute(desk: Desk) -> None:
    sleeper = desk.supervisor.add(ProcessSpec("sleeper", SLEEPER))
    waits = []
    for _ in range(8):
        desk.dies("sleeper")
        waits.append(sleeper.plan_restart(desk.now))
        sleeper.start(desk.now)
    assert waits == [0.5, 1, 2, 4, 8, 16, 30, 30]
    desk.now += child_module.HEALTHY_AFTER_S
    assert sleeper.plan_restart(desk.now) == 0.5


def test_the_last_line_of_a_failed_child_s_log_says_why(desk: Desk) -> None:
    argv = ("/bin/sh", "-c", "echo working; echo 'no camera is plugged in' >&2; exit 3")
    talker = desk.supervisor.add(ProcessSpec("talker", argv))
    eventually(lambda: not talker.is_running())
    desk.supervisor.tick()
    assert desk.said == ["talker ended with exit code 3: no camera is plugged in; starting it again in 0.5 s"]


def test_a_retired_child_leaves_and_does_not_come_back(desk: Desk) -> None:
    sleeper = desk.supervisor.add(ProcessSpec("sleeper", SLEEPER))
    desk.supervisor.retire("sleeper")
    eventually(lambda: not sleeper.is_running())
    desk.supervisor.tick()
    assert not desk.supervisor.knows("sleeper")
    assert desk.said == []


def test_a_child_that_ignores_the_request_to_stop_is_killed_after_its_grace(desk: Desk) -> None:
    stubborn = desk.supervisor.add(ProcessSpec("stubborn", STUBBORN, grace_s=5))
    eventually(lambda: "ready" in stubborn.log.read_text())
    desk.supervisor.retire("stubborn")
    desk.now += 4.9
    desk.supervisor.tick()
    assert stubborn.is_running()
    desk.now += 0.2
    desk.supervisor.tick()
    eventually(lambda: not stubborn.is_running())


def test_ranks_stop_one_after_the_other(desk: Desk, tmp_path: Path) -> None:
    order = tmp_path / "order"
    for name, rank in (("last", 3), ("first", 1), ("second", 2)):
        script = f"trap 'echo {name} >> {order}; exit 0' TERM; echo ready; while :; do sleep 0.02; done"
        child = desk.supervisor.add(ProcessSpec(name, ("/bin/sh", "-c", script), stop_rank=rank))
        eventually(partial(has_said, child, "ready"))
    desk.supervisor.stop()
    assert order.read_text().split() == ["first", "second", "last"]


def test_children_get_the_settings_of_their_spec(desk: Desk) -> None:
    argv = ("/bin/sh", "-c", "echo shards=$MASKWATCH_SHARDS; sleep 600")
    child = desk.supervisor.add(ProcessSpec("shell", argv, env={"MASKWATCH_SHARDS": "3"}))
    eventually(lambda: "shards=3" in child.log.read_text())


def test_logs_of_the_run_before_are_kept_once_and_large_ones_are_cut(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child_module, "MAX_LOG_BYTES", 100)
    child = desk.supervisor.add(ProcessSpec("talker", ("/bin/sh", "-c", "seq 1000; sleep 600")))
    eventually(lambda: child.log.read_text().endswith("1000\n"))
    desk.now += 60
    desk.supervisor.tick()
    older = child.log.with_suffix(".log.1")
    assert child.log.read_text() == ""
    assert older.read_text().endswith("1000\n")
    child.log.write_text("new\n")
    Supervisor(child.log.parent, desk.said.append)
    assert (older.read_text(), child.log.exists()) == ("new\n", False)


def test_nothing_survives_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR_OF_TWO, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert supervisor.stdout is not None
    with supervisor.stdout as told:
        pids = [int(pid) for pid in told.readline().split()]
    try:
        assert len(pids) == 2
        assert all(process_started(pid) for pid in pids)
        eventually(lambda: "ready" in (tmp_path / "stubborn.log").read_text())
    finally:
        os.kill(supervisor.pid, signal.SIGKILL)
        supervisor.wait()
    eventually(lambda: not any(is_alive(pid) for pid in pids))


def has_said(child: Child, text: str) -> bool:
    return text in child.log.read_text()


def is_alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


SUPERVISOR_OF_TWO = f"""
import sys, time
from pathlib import Path
from deploy.local.child import ProcessSpec
from deploy.local.supervisor import Supervisor
supervisor = Supervisor(Path(sys.argv[1]), print)
sleeper = supervisor.add(ProcessSpec("sleeper", {SLEEPER!r}))
stubborn = supervisor.add(ProcessSpec("stubborn", {STUBBORN!r}))
print(sleeper.pid, stubborn.pid, flush=True)
time.sleep(600)
"""
