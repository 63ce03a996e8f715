"""What a running process has used: processor time, memory, open files, threads; read from /proc."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Usage:
    """A process at an instant: KiB of memory, resident and with what is shared divided by who shares it."""

    rss_kib: int
    pss_kib: int
    descriptors: int
    threads: int


def cpu_s(pid: int) -> float:
    """Seconds of processor time of all its threads since its start, to the kernel's tick of 10 ms."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def running_ns(pid: int) -> int:
    """Nanoseconds that the threads which live now have run; those of ended threads are missing."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(FileNotFoundError):  # it has ended meanwhile
            total += int((task / "schedstat").read_text().split()[0])
    return total


def usage_of(pid: int) -> Usage:
    """What it holds now."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    sizes = {line.partition(":")[0]: int(line.split()[1]) for line in lines}
    descriptors, threads = (len(list(Path(f"/proc/{pid}/{each}").iterdir())) for each in ("fd", "task"))
    return Usage(sizes["Rss"], sizes["Pss"], descriptors, threads)
