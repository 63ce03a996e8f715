import os
import time
from pathlib import Path

import pytest

from shared import load_meter
from shared.load_meter import LoadMeter, MachineTime, Totals, machine_time


@pytest.fixture
def elapse(monkeypatch: pytest.MonkeyPatch) -> "Elapse":
    return Elapse(monkeypatch)


class Elapse:
    """Time, processor time and the machine's, as a test wants them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = self.cpu_s = 0.0
        self.machine: MachineTime | None = MachineTime(0, 0)
        monkeypatch.setattr(time, "monotonic", lambda: self.at)
        monkeypatch.setattr(time, "process_time", lambda: self.cpu_s)
        monkeypatch.setattr(load_meter, "machine_time", lambda: self.machine)

    def __call__(self, seconds: float, cpu_s: float = 0.0, idle: int = 0) -> None:
        self.at += seconds
        self.cpu_s += cpu_s
        if self.machine is not None:
            self.machine = MachineTime(self.machine.idle + idle, self.machine.total + round(200 * seconds))


def test_figures_are_those_of_the_last_minute(elapse: Elapse) -> None:
    meter = LoadMeter(threads=2)
    first = meter.measure(Totals(frames=1000, busy_s=5.0))
    assert (first.seconds, first.cpu_cores, first.frames_per_second) == (0, 0, 0)
    elapse(10, cpu_s=5.0, idle=500)
    load = meter.measure(Totals(frames=1100, busy_s=9.0, redis_s=3.0))
    assert (load.seconds, load.cpu_cores, load.frames_per_second, load.busy_share) == (10, 0.5, 10, 0.4)
    assert (load.machine_idle, load.threads, load.redis_cores) == (0.25, 2, None)
    for _ in range(60):
        elapse(1, cpu_s=0.25, idle=200)
        load = meter.measure(Totals(frames=1100, busy_s=9.0, redis_s=3.0))
    assert (load.seconds, load.cpu_cores, load.frames_per_second, load.busy_share) == (60, 0.25, 0, 0)
    assert (load.machine_idle, load.redis_cores) == (1, 0)


def test_frames_of_a_camera_that_was_given_away_are_no_news(elapse: Elapse) -> None:
    meter = LoadMeter()
    for frames in (1000, 1050, 40, 50):
        load = meter.measure(Totals(frames=frames))
        elapse(2)
    assert load.frames_per_second == 10


def test_where_the_machine_does_not_tell_nothing_is_said_of_it(elapse: Elapse) -> None:
    elapse.machine = None
    meter = LoadMeter()
    meter.measure()
    elapse(1)
    assert meter.measure().machine_idle is None


def test_of_the_machine_only_the_cores_that_may_be_used_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stat = tmp_path / "stat"
    stat.write_text("cpu  9 9 9 9 9 9 9 9 9 9\ncpu0 1 2 3 4 5 6 7 8 1 0\ncpu1 10 20 30 40 50 0 0 0 0 0\nintr 7 7\n")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    assert machine_time(stat) == MachineTime(idle=4 + 5, total=36)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    assert machine_time(stat) == MachineTime(idle=4 + 5 + 40 + 50, total=36 + 150)
    assert machine_time(tmp_path / "none") is None


def test_a_process_measures_its_own_work() -> None:
    meter = LoadMeter()
    meter.measure()
    until = time.process_time() + 0.05
    while time.process_time() < until:
        pass
    load = meter.measure()
    assert load.cpu_cores > 0
    assert load.cores == len(os.sched_getaffinity(0))
