"""Harm done to a running system at random instants, the same for the same seed as far as the machine allows."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

KILLS = {"worker": 5, "events": 6, "producer": 3, "state server": 2, "frames server": 2}  # name -> how often of ten
_MOST_KILLS = {"worker": 3, "events": 3, "producer": 2, "state server": 2, "frames server": 1}  # of one run
_MARKS = {
    "worker": "-m worker",
    "events": "-m worker.events",
    "producer": "-m producer",
    "state server": "/state-server",
    "frames server": "/frames-server",
}


@dataclass(frozen=True)
class Process:
    """One that may be harmed; ``role`` is a key of ``KILLS``."""

    pid: int
    role: str


def processes_under(parents: Sequence[int]) -> list[Process]:
    """What these processes are, or started, and may be harmed."""
    found = [Process(pid, role) for pid, command in commands_under(parents) if (role := _role(command))]
    return sorted(found, key=lambda each: (each.role, each.pid))


def commands_under(parents: Sequence[int]) -> list[tuple[int, str]]:
    """Id and command of these processes and of those that they started, but for what is still to become one."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError):  # it has ended meanwhile
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
            if (parent in parents or int(folder.name) in parents) and "tied.py" not in command:
                found.append((int(folder.name), command))
    return found


def _role(command: str) -> str | None:
    return next((role for role, mark in _MARKS.items() if command.endswith(mark) or f"{mark} " in f"{command} "), None)


class Harm:
    """Kills and pauses; ``done`` counts what was done, such as ``kill worker``."""

    def __init__(self, seed: int, leases_s: float, targets: Callable[[], list[Process]]) -> None:
        """Nothing yet; pauses are shorter and longer than ``leases_s``. ``targets`` are asked before each act."""
        self.done: Counter[str] = Counter()
        self._random = random.Random(seed)
        self._leases_s = leases_s
        self._targets = targets
        self._paused: dict[int, tuple[float, str]] = {}  # pid -> when it goes on, role

    def next_in_s(self) -> float:
        """How long to wait before the next ``act``."""
        return self._random.choice((0.05, 0.2, 0.5, 1.0)) * self._random.uniform(0.5, 1.5)

    def act(self) -> None:
        """Do one harm."""
        role = self._random.choices(list(KILLS), weights=list(KILLS.values()))[0]
        is_pause = self._random.random() < 0.5
        seconds = self._leases_s * self._random.choice((0.3, 0.8, 1.5, 3.0))
        targets = [each for each in self._targets() if each.role == role and each.pid not in self._paused]
        if not targets:
            return
        victim = self._random.choice(targets)
        if is_pause:
            self._signal(victim.pid, signal.SIGSTOP)
            self._paused[victim.pid] = (time.monotonic() + seconds, role)
            self.done[f"pause {role}"] += 1
        elif self.done[f"kill {role}"] < _MOST_KILLS[role]:
            self._signal(victim.pid, signal.SIGKILL)
            self.done[f"kill {role}"] += 1

    def let_go_on(self, now: float) -> None:
        """Wake those whose pause is over at ``now``, in monotonic seconds."""
        for pid in [pid for pid, (until, _) in self._paused.items() if until <= now]:
            del self._paused[pid]
            self._signal(pid, signal.SIGCONT)

    @staticmethod
    def _signal(pid: int, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
