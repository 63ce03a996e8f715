"""How much of the processor a process uses and how much of its machine is idle, over the last minute."""

import os
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from shared.messages import ProcessLoad

# Long enough that the people of a busy moment do not make the figures jump, short enough to follow a busy hour.
WINDOW_S = 60.0

_STAT = Path("/proc/stat")
_IDLE, _IOWAIT, _ALL = 3, 4, 8  # columns of a processor's line; guests' time is in the first two already


@dataclass(frozen=True)
class Totals:
    """What only rises."""

    frames: int = 0  # those that ``ProcessLoad`` speaks of
    busy_s: float | None = None  # in which a worker did not wait for frames
    redis_s: float | None = None  # processor time of Redis servers on this machine


@dataclass(frozen=True)
class MachineTime:
    """Of the cores that a process may use, in ticks since the machine started."""

    idle: int
    total: int


@dataclass(frozen=True)
class _Reading:
    at: float
    cpu_s: float
    machine: MachineTime | None
    totals: Totals
    frames: int


class LoadMeter:
    """Measures the process that makes it, from then on; for one thread, which asks every second or so."""

    def __init__(self, threads: int | None = None) -> None:
        """``threads`` is how many of a worker judge pictures."""
        self._threads = threads
        self._readings: deque[_Reading] = deque()

    def measure(self, totals: Totals | None = None) -> ProcessLoad:
        """The figures of the last minute, 0 at the first call."""
        now = self._read(totals or Totals())
        self._readings.append(now)
        while len(self._readings) > 2 and now.at - self._readings[1].at >= WINDOW_S:
            self._readings.popleft()
        return self._load(self._readings[0], now)

    def _read(self, totals: Totals) -> _Reading:
        before = self._readings[-1] if self._readings else None
        # A producer's total falls when it gives a camera away: what the camera had is no news.
        frames = before.frames + max(0, totals.frames - before.totals.frames) if before else 0
        return _Reading(time.monotonic(), time.process_time(), machine_time(), totals, frames)

    def _load(self, first: _Reading, last: _Reading) -> ProcessLoad:
        seconds = last.at - first.at
        busy = _rate(first.totals.busy_s, last.totals.busy_s, seconds)
        return ProcessLoad(
            seconds=round(seconds, 1),
            cores=len(_own_cores()),
            cpu_cores=_rate(first.cpu_s, last.cpu_s, seconds) or 0.0,
            machine_idle=_idle_share(first.machine, last.machine),
            redis_cores=_rate(first.totals.redis_s, last.totals.redis_s, seconds),
            frames_per_second=_rate(first.frames, last.frames, seconds) or 0.0,
            busy_share=None if busy is None else min(1.0, busy),
            threads=self._threads,
        )


def machine_time(stat: Path = _STAT) -> MachineTime | None:
    """What the cores that this process may use did so far; ``None`` where there is no ``/proc/stat``.

    Work of low priority is work: ten programs at nice 10 were seen to take as much as one of ours wants.
    """
    try:
        lines = stat.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    ours = {f"cpu{number}" for number in _own_cores()}
    columns = [[int(each) for each in ticks[:_ALL]] for name, *ticks in map(str.split, lines) if name in ours]
    return MachineTime(sum(each[_IDLE] + each[_IOWAIT] for each in columns), sum(map(sum, columns)))


def _own_cores() -> set[int]:
    return os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set(range(os.cpu_count() or 1))


def _rate(first: float | None, last: float | None, seconds: float) -> float | None:
    """What was added a second; a total that fell was started anew, so nothing is known to have been added."""
    if first is None or last is None:
        return None
    return round(max(0.0, last - first) / seconds, 4) if seconds > 0 else 0.0


def _idle_share(first: MachineTime | None, last: MachineTime | None) -> float | None:
    if first is None or last is None or last.total <= first.total:
        return None
    return round(min(1.0, max(0.0, (last.idle - first.idle) / (last.total - first.total))), 4)
