"""A second events worker and a second producer beside a running system, so that there is somebody to take over."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from deploy.local.data_folder import DataFolder

_MODULES = ("worker.events", "producer")


class Helpers:
    """Processes on the servers of the system on ``data``, started as soon as it runs and again when they die."""

    def __init__(self, data: Path, env: Mapping[str, str]) -> None:
        """Nothing runs before ``tend``."""
        self._data = DataFolder(data)
        self._env = dict(env)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Helpers":
        return self

    @property
    def pids(self) -> list[int]:
        """The processes that run or ran last."""
        return [process.pid for process in self._processes.values()]

    def tend(self) -> None:
        """Start what does not run, once there is a system."""
        run = self._data.last_run()
        if run is None:
            return
        addresses = {"MASKWATCH_FRAMES_REDIS": run.frames_redis, "MASKWATCH_STATE_REDIS": run.state_redis}
        env = os.environ | self._env | addresses | {"MASKWATCH_CAMERA_KEY_FILE": str(self._data.camera_key)}
        for module in _MODULES:
            process = self._processes.get(module)
            if process is None or process.poll() is not None:
                with (self._data.root / f"second-{module}.log").open("ab") as log:
                    command = [sys.executable, "-P", "-m", module]
                    self._processes[module] = subprocess.Popen(command, env=env, stdout=log, stderr=log)

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        for process in self._processes.values():
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()
