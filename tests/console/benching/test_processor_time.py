import os
import subprocess
import sys

from console.benching.processor_time import seconds_by_process
from tests.waiting import eventually

BUSY = "import time\nwhile time.process_time() < 0.3: pass\ntime.sleep(60)"


def test_what_a_process_started_counts_with_it() -> None:
    before = seconds_by_process(os.getpid()).total()
    with subprocess.Popen([sys.executable, "-c", BUSY]) as child:
        try:
            eventually(lambda: seconds_by_process(child.pid).total() >= 0.2)
            assert seconds_by_process(os.getpid()).total() >= before + 0.2
        finally:
            child.kill()


def test_what_has_ended_still_counts_with_who_waited_for_it() -> None:
    before = seconds_by_process(os.getpid()).total()
    subprocess.run([sys.executable, "-c", BUSY.replace("60", "0")], check=True)
    assert seconds_by_process(os.getpid()).total() >= before + 0.2


def test_modules_and_servers_go_by_their_names() -> None:
    with subprocess.Popen([sys.executable, "-m", "http.server", "0", "--bind", "127.0.0.1"]) as child:
        try:
            eventually(lambda: "http.server" in seconds_by_process(child.pid))
        finally:
            child.kill()
