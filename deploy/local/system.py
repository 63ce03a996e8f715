"""A whole system on one machine: which processes there are, and in which order they come and go."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local import servers
from deploy.local.child import ProcessSpec
from deploy.local.data_folder import DataFolder, RunInfo, this_process
from deploy.local.supervisor import Say, Supervisor
from shared.settings import PREFIX, Fsync

MAX_WORKERS = 256
_ONE_CORE_EACH = 4  # up to so many workers have a core each; more of them would cost memory that two threads do not
_THREADS = f"{PREFIX}WORKER_THREADS"

# Producers first, so that nothing new comes in; each stage then finishes what the one before left.
PRODUCER_RANK, WORKER_RANK, EVENTS_RANK, CONSOLE_RANK = range(4)
TRAINER_RANK = PRODUCER_RANK  # nothing waits for it, and it leaves the cores to those that finish


@dataclass(frozen=True)
class SystemPlan:
    """What to run. A server's URL that is ``None`` stands for an embedded one."""

    frames_redis: str | None
    state_redis: str | None
    shards: int
    registry: str  # a folder or an fsspec URL
    console_url: str
    settings: Mapping[str, str]  # further settings by variable name, for every process
    trains: bool = False  # whether a trainer waits for jobs
    state_fsync: Fsync = "everysec"  # of an embedded state server
    snapshots: str = ""  # where pictures of violations are kept: a folder or an fsspec URL; empty for nowhere


Processes = Callable[[Mapping[str, str]], list[ProcessSpec]]
WorkerSpec = Callable[[int, Mapping[str, str]], ProcessSpec]


def usual_workers() -> int:
    """How many workers use the cores of this machine well."""
    cores = len(os.sched_getaffinity(0))
    return min(cores, max(_ONE_CORE_EACH, cores // 2))


def _threads(workers: int) -> dict[str, str]:
    """A worker's share of the cores, unless the operator says how many threads it has."""
    cores = len(os.sched_getaffinity(0))
    return {} if _THREADS in os.environ else {_THREADS: str(max(1, cores // workers))}


def _module(name: str, module: str, env: Mapping[str, str], stop_rank: int) -> ProcessSpec:
    # -P: a folder named `worker` where the operator happens to be must not stand in for ours.
    named = {**env, f"{PREFIX}PROCESS_NAME": name}
    return ProcessSpec(name, (sys.executable, "-P", "-m", module), named, stop_rank)


def other_processes(env: Mapping[str, str]) -> list[ProcessSpec]:
    """Everything but servers and workers."""
    return [
        _module("events", "worker.events", env, EVENTS_RANK),
        _module("console", "console", env, CONSOLE_RANK),
        _module("producer", "producer", env, PRODUCER_RANK),
    ]


def worker_process(number: int, env: Mapping[str, str]) -> ProcessSpec:
    """The ``number``-th worker, counted from 1."""
    return _module(f"worker-{number}", "worker", env, WORKER_RANK)


def trainer_process(env: Mapping[str, str]) -> ProcessSpec:
    """The process that waits for trainings."""
    return _module("trainer", "trainer", env, TRAINER_RANK)


class LocalSystem:
    """The processes of a system whose data folder the caller has locked."""

    def __init__(
        self,
        data: DataFolder,
        plan: SystemPlan,
        say: Say,
        processes: Processes = other_processes,
        worker: WorkerSpec = worker_process,
    ) -> None:
        """Prepare it; ``processes`` and ``worker`` say what to run beside the servers."""
        self.supervisor = Supervisor(data.logs, say)
        self._data = data
        self._plan = plan
        self._processes = processes
        self._worker = worker
        self._sockets = _socket_folder()
        self._embedded: list[tuple[ProcessSpec, str]] = []
        self.frames_redis = plan.frames_redis or self._embed(servers.frames_server(self._sockets))
        self.state_redis = plan.state_redis or self._embed(
            servers.state_server(self._sockets, data.state, plan.state_fsync)
        )

    def _embed(self, spec: ProcessSpec) -> str:
        url = servers.url_of(spec, self._sockets)
        self._embedded.append((spec, url))
        return url

    def start_servers(self, is_cancelled: Callable[[], bool] = lambda: False) -> None:
        """Start the embedded servers and tell commands how to reach them.

        Raises:
            ServerFailed: one does not come up.
        """
        _remove_sockets_of_killed_run(self._data)
        for spec, url in self._embedded:
            servers.start(self.supervisor, spec, url, is_cancelled)
        pid, process_started = this_process()
        self._data.write_run(
            RunInfo(
                pid=pid,
                process_started=process_started,
                frames_redis=self.frames_redis,
                state_redis=self.state_redis,
                shards=self._plan.shards,
                console_url=self._plan.console_url,
                registry=self._plan.registry,
                snapshots=self._plan.snapshots,
            )
        )

    def start_processes(self, workers: int) -> None:
        """Start everything else."""
        for spec in self._processes(self._env()):
            self.supervisor.add(spec)
        if self._plan.trains:
            self.supervisor.add(trainer_process(self._env()))
        self.scale(workers)

    def _env(self) -> dict[str, str]:
        return {
            **self._plan.settings,
            f"{PREFIX}FRAMES_REDIS": self.frames_redis,
            f"{PREFIX}STATE_REDIS": self.state_redis,
            f"{PREFIX}SHARDS": str(self._plan.shards),
            f"{PREFIX}REGISTRY": self._plan.registry,
            f"{PREFIX}SNAPSHOTS": self._plan.snapshots,
            # Several processes on one machine cannot share a port: each takes a free one and says which.
            f"{PREFIX}METRICS_PORT": "0",
        }

    def workers(self) -> list[str]:
        """The names of the workers to keep running, oldest first."""
        return [name for name in self.supervisor.names() if name.startswith("worker-")]

    def scale(self, desired: int) -> None:
        """Start or retire workers, the newest first, until ``desired`` are there."""
        running = self.workers()
        for name in running[desired:]:
            self.supervisor.retire(name)
        for _ in range(desired - len(running)):
            self.supervisor.add(self._worker(self._free_number(), self._env() | _threads(desired)))

    def _free_number(self) -> int:
        return next(number for number in range(1, 2 * MAX_WORKERS) if not self.supervisor.knows(f"worker-{number}"))

    def stop(self, is_urgent: Callable[[], bool] = lambda: False) -> None:
        """Stop everything in order."""
        self.supervisor.stop(is_urgent)
        self._data.forget_run()
        shutil.rmtree(self._sockets, ignore_errors=True)


def _socket_folder() -> Path:
    """A private folder with a short path: that of a unix socket is limited to 108 bytes."""
    usual = tempfile.gettempdir()
    return Path(tempfile.mkdtemp(prefix="maskwatch-", dir=usual if len(usual) <= 60 else "/tmp"))  # noqa: S108 - mkdtemp makes it private


def _remove_sockets_of_killed_run(data: DataFolder) -> None:
    """Remove what a system left that could not clean up; the folder's lock says that it is gone."""
    run = data.last_run()
    for url in (run.frames_redis, run.state_redis) if run else ():
        socket = Path(url.removeprefix("unix://"))
        if socket.name in {servers.FRAMES, servers.STATE} and socket.parent.name.startswith("maskwatch-"):
            shutil.rmtree(socket.parent, ignore_errors=True)
