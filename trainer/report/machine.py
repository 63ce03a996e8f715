"""How long the steps of a training took, on what, and how much memory they needed."""

import os
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version

PACKAGES = ("tensorflow", "keras", "ai-edge-litert", "numpy", "opencv-python-headless")


class Stopwatch:
    """Wall seconds of each step, in the order in which they first ran."""

    def __init__(self) -> None:
        """Begin with no step."""
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Add the time within the block to a step, however it ends."""
        started = time.monotonic()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.monotonic() - started


def peak_memory_bytes() -> int:
    """The most memory that this process held, or the largest of those that it started and outlived."""
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return most if sys.platform == "darwin" else most * 1024


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def software() -> dict[str, str]:
    """The versions of what computed."""
    found = {"python": ".".join(map(str, sys.version_info[:3]))}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def gpu() -> str | None:
    """The graphics processor that TensorFlow computes with, if it was loaded and found one."""
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow is None:
        return None
    devices = tensorflow.config.list_physical_devices("GPU")
    names = [tensorflow.config.experimental.get_device_details(each).get("device_name", "GPU") for each in devices]
    return ", ".join(names) or None
