import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import libfaketime
import pytest

from producer.live.capture_clock import CaptureClock

# The clock of a process of its own is set while it runs, as an administrator or a time server would.
_SCRIPT = """
import sys, time
from producer.live.capture_clock import CaptureClock
clock = CaptureClock()
for line in sys.stdin:
    instant = clock.at(time.monotonic())
    print(instant.at.timestamp(), instant.step_s, time.time(), flush=True)
"""


def test_it_shows_the_wall_clock_of_the_instant_that_is_asked_about() -> None:
    clock = CaptureClock()
    instant = clock.at(time.monotonic() - 5)
    assert abs(datetime.now(UTC) - timedelta(seconds=5) - instant.at) < timedelta(seconds=0.5)
    assert instant.step_s == 0


@pytest.mark.parametrize("step_s", [3600, -3600, 2])
def test_a_clock_that_is_set_shows_as_one_step(step_s: int, tmp_path: Path) -> None:
    setting = tmp_path / "clock"
    setting.write_text("+0")
    library = Path(libfaketime.__file__).parent / "vendor" / "libfaketime" / "src" / "libfaketime.so.1"
    environment = os.environ | {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(setting),
        "FAKETIME_NO_CACHE": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }
    command = [sys.executable, "-c", _SCRIPT]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as process:
        assert process.stdin and process.stdout

        def ask() -> list[float]:
            assert process.stdin and process.stdout
            process.stdin.write("now\n")
            process.stdin.flush()
            return [float(each) for each in process.stdout.readline().split()]

        assert ask()[1] == 0
        setting.write_text(f"{step_s:+d}")
        at, step, wall = ask()
        assert step == pytest.approx(step_s, abs=0.2)
        assert at == pytest.approx(wall, abs=0.5)
        assert ask()[1] == 0
        process.stdin.close()
        process.wait(10)
