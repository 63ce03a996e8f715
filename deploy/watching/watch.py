"""Everything that watches a system, from its start to its stop."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import requests

from deploy.local.child import ProcessSpec
from deploy.local.supervisor import Say, Supervisor
from deploy.watching.addresses import Addresses, check_free
from deploy.watching.configuration import TARGETS_PATH, write_configuration
from deploy.watching.folder import WatchingFolder
from deploy.watching.processes import ALERTMANAGER, GRAFANA, PROMETHEUS, processes
from deploy.watching.programs import Programs

_READY_WITHIN_S = 60.0
_POLL_S = 0.1
_TIMEOUT_S = 2.0


class WatchingFailed(Exception):
    """Prometheus or Alertmanager does not come up; the message says why, and its log says more."""


class Watch:
    """Supervises the programs on a folder that the caller has locked."""

    def __init__(
        self,
        programs: Programs,
        folder: WatchingFolder,
        addresses: Addresses,
        say: Say,
        alertmanager_config: Path | None = None,
    ) -> None:
        """Prepare it; ``alertmanager_config`` stands for the one in the folder."""
        self.folder = folder
        self.addresses = addresses
        self.alertmanager_config = alertmanager_config or folder.alertmanager_config
        self.has_grafana = programs.grafana is not None
        self._specs = processes(programs, folder, addresses, self.alertmanager_config)
        self._say = say
        self._was_there: bool | None = None
        self.supervisor = Supervisor(folder.logs, say)
        self._urls = {
            PROMETHEUS: (addresses.prometheus_port, f"{addresses.prometheus}/-/ready"),
            ALERTMANAGER: (addresses.alertmanager_port, f"{addresses.alertmanager}/-/ready"),
            GRAFANA: (addresses.grafana_port, f"{addresses.grafana}/api/health"),
        }

    def start(self, is_cancelled: Callable[[], bool] = lambda: False) -> None:
        """Start all of them and wait until Prometheus and Alertmanager are ready.

        Raises:
            PortTaken: something else listens on a port.
            WatchingFailed: one ended at once, or is not ready within a minute.
        """
        for spec in self._specs:
            check_free(self._urls[spec.name][0], spec.name)
        write_configuration(self.folder, self.addresses)
        for spec in self._specs:
            self.supervisor.add(spec)
        for spec in self._specs:
            if spec.name != GRAFANA:  # whether it comes up changes no alert
                self._await(spec, is_cancelled)

    def _await(self, spec: ProcessSpec, is_cancelled: Callable[[], bool]) -> None:
        child = self.supervisor.child(spec.name)
        deadline = time.monotonic() + _READY_WITHIN_S
        while not is_cancelled() and not answers(self._urls[spec.name][1]):
            if not child.is_running():
                raise WatchingFailed(f"{spec.name} {child.last_words()}")
            if time.monotonic() >= deadline:
                raise WatchingFailed(f"{spec.name} is not ready after {_READY_WITHIN_S:g} s; see {child.log}")
            time.sleep(_POLL_S)

    def follow(self, console: str) -> None:
        """Watch the console at ``console``, where it moved, and say when it goes and when it comes back."""
        if console != self.addresses.console:
            self._move(console)
        is_there = answers(console + TARGETS_PATH)
        if is_there is not self._was_there:
            if not is_there:
                self._say(f"no console answers at {console}; Prometheus goes on asking, and MaskwatchDown tells of it")
            elif self._was_there is not None:
                self._say(f"the console answers at {console}")
        self._was_there = is_there

    def _move(self, console: str) -> None:
        old = self.addresses
        self.addresses = Addresses(console, old.prometheus_port, old.alertmanager_port, old.grafana_port)
        write_configuration(self.folder, self.addresses)
        child = self.supervisor.child(PROMETHEUS)
        if child.pid is not None and child.is_running():
            os.kill(child.pid, signal.SIGHUP)

    def stop(self, is_urgent: Callable[[], bool] = lambda: False) -> None:
        """Stop all of them."""
        self.supervisor.stop(is_urgent)


def answers(url: str) -> bool:
    """Whether somebody answers there, and well; proxies of the environment are for other addresses."""
    with requests.Session() as session:
        session.trust_env = False
        try:
            return session.get(url, timeout=_TIMEOUT_S).ok
        except requests.RequestException:
            return False
