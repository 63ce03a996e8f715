"""Which processes take part, and how much processor time and memory each uses; read from /proc."""

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from shared.settings import PREFIX

HARNESS = "benchmark"
CAMERAS = "cameras"
SUPERVISOR = "up"
_SERVERS = {"frames-server": "redis frames", "state-server": "redis state"}
_PAGE_KIB = os.sysconf("SC_PAGE_SIZE") // 1024


@dataclass(frozen=True)
class Use:
    """Of one process: seconds of processor time since its start, MiB of resident memory, threads, open files."""

    cpu_s: float
    rss_mib: float
    threads: int = 1
    descriptors: int = 0


def named(supervisor: int, cameras: int) -> dict[int, str]:
    """Every process by its pid: those that ``supervisor`` started, the simulated cameras, and this one."""
    children = {pid: name for pid in _descendants(supervisor) if (name := _name(pid))}
    return {supervisor: SUPERVISOR, **children, cameras: CAMERAS, os.getpid(): HARNESS}


def uses(processes: Iterable[int]) -> dict[int, Use]:
    """What each has used so far; without those that have ended."""
    found = {}
    for pid in processes:
        with suppress(OSError):
            found[pid] = _use(pid)
    return found


def cores_used(before: Mapping[int, Use], after: Mapping[int, Use], seconds: float) -> dict[int, float]:
    """How many cores each used in between; one that came in between from its start on."""
    nothing = Use(0.0, 0.0)
    return {pid: (use.cpu_s - before.get(pid, nothing).cpu_s) / seconds for pid, use in after.items()}


def summed(names: Mapping[int, str], figures: Mapping[int, float]) -> dict[str, float]:
    """Figures by name, the largest first; processes of one name are added up."""
    total: dict[str, float] = {}
    for pid, figure in figures.items():
        name = names.get(pid, str(pid))
        total[name] = total.get(name, 0.0) + figure
    return dict(sorted(total.items(), key=lambda each: -each[1]))


def _use(pid: int) -> Use:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    cpu_s = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    descriptors = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return Use(cpu_s, int(fields[21]) * _PAGE_KIB / 1024, int(fields[17]), descriptors)


def _descendants(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in map(int, task.read_text().split()):
                found += [child, *_descendants(child)]
    return found


def _name(pid: int) -> str:
    with suppress(OSError):
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        for server, name in _SERVERS.items():
            if server in command:
                return name
        variables = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace").split("\0")
        prefix = f"{PREFIX}PROCESS_NAME="
        return next((each.removeprefix(prefix) for each in variables if each.startswith(prefix)), str(pid))
    return ""
