"""Processor time of a process and of all that it started, as Linux tells it."""

import os
from collections import Counter
from contextlib import suppress
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def seconds_by_process(root: int) -> Counter[str]:
    """Seconds that each process below ``root`` has computed, itself among them, by what it is; empty elsewhere."""
    spent: Counter[str] = Counter()
    stats = {pid: stat for pid in _pids() if (stat := _stat(pid)) is not None}
    for pid, fields in stats.items():
        if _is_below(pid, root, stats):
            # With those of its ended children, which are found nowhere else.
            spent[_name(pid)] += sum(map(int, fields[11:15])) / _TICKS  # type: ignore[assignment]
    return spent


def _pids() -> list[int]:
    proc = Path("/proc")
    return [int(each.name) for each in proc.iterdir() if each.name.isdigit()] if proc.is_dir() else []


def _stat(pid: int) -> list[str] | None:
    """The fields of a process behind its name: state, parent, ...; ``None`` where it has ended."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return None


def _is_below(pid: int, root: int, stats: dict[int, list[str]]) -> bool:
    while pid in stats:
        if pid == root:
            return True
        pid = int(stats[pid][1])
    return False


def _name(pid: int) -> str:
    """The module that a Python process runs, the socket of a server, else its program."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return "ended"
    for option in ("-m", "--unixsocket"):
        if option in words[:-1]:
            return Path(words[words.index(option) + 1]).name
    return "maskwatch up" if "up" in words else Path(words[0]).name
