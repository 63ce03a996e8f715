import signal
import subprocess
import sys
from pathlib import Path

import pytest

from console.benching.tying import tied_to_this
from tests.waiting import eventually

STARTS_A_SLEEPER = f"""
import subprocess, sys
from console.benching.tying import tied_to_this
child = subprocess.Popen(tied_to_this([{sys.executable!r}, "-c", "import time; time.sleep(60)"]))
print(child.pid, flush=True)
child.wait()
"""


def test_the_command_is_run_as_it_stands() -> None:
    answer = subprocess.run(tied_to_this([sys.executable, "-c", "print(1 + 1)"]), capture_output=True, check=True)
    assert answer.stdout == b"2\n"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
def test_what_a_killed_benchmark_started_is_killed_too() -> None:
    with subprocess.Popen([sys.executable, "-c", STARTS_A_SLEEPER], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    eventually(lambda: not _runs(child))


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except FileNotFoundError:
        return False
