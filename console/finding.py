"""How a command finds the system that it talks about."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from deploy.local.data_folder import DataFolder, RunInfo, default_data_folder
from shared.connections import Servers, check_servers, connect_both
from shared.settings import PREFIX, Settings, SnapshotSettings, load
from shared.snapshot_store import SnapshotStore
from shared.streams import KeySpace

DataOption = Annotated[
    Path | None, typer.Option("--data", help="Data folder of the system; the user's own by default.", metavar="DIR")
]
RedisOption = Annotated[
    str | None, typer.Option("--redis", help="Address of the system's Redis, instead of --data.", metavar="URL")
]


@dataclass(frozen=True)
class RunningSystem:
    """A system's servers and keys; ``run`` and ``data`` are known when it was found by its data folder."""

    servers: Servers
    keys: KeySpace
    run: RunInfo | None
    state_url: str
    data: DataFolder | None = None

    @property
    def pictures(self) -> SnapshotStore | None:
        """The store of the pictures of violations; ``None`` where the system keeps none, or nobody knows where."""
        place = self.run.snapshots if self.run else load(SnapshotSettings).snapshots
        return SnapshotStore(place) if place else None


def data_folder(path: Path | None) -> DataFolder:
    """The data folder of an option's value."""
    return DataFolder((path or default_data_folder()).expanduser().resolve())


@contextmanager
def running_system(data: Path | None, redis_url: str | None) -> Iterator[RunningSystem]:
    """The system on a Redis server, else on a data folder, else on the servers that the settings name.

    Raises:
        NothingRuns: there is none on the data folder.
        ServerUnreachable: its servers do not answer.
    """
    run = folder = None
    settings = load(Settings)
    if redis_url is not None:
        frames_redis, state_redis = redis_url, redis_url
    elif data is None and f"{PREFIX}STATE_REDIS" in os.environ:
        frames_redis, state_redis = settings.frames_redis, settings.state_redis
    else:
        folder = data_folder(data)
        run = folder.running()
        frames_redis, state_redis = run.frames_redis, run.state_redis
    check_servers(frames_redis, state_redis)
    servers = connect_both(frames_redis, state_redis)
    try:
        shards = run.shards if run else settings.shards
        yield RunningSystem(servers, KeySpace(shards), run, state_redis, folder)
    finally:
        servers.close()
