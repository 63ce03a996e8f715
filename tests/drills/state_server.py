"""The embedded state server of a system that has ended, started again to look into it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from deploy.local.data_folder import DataFolder
from deploy.local.system import LocalSystem, SystemPlan
from shared.connections import connect


@contextmanager
def state_of(root: Path) -> Iterator[redis.Redis]:
    """A client of the state that a data folder keeps."""
    data = DataFolder(root)
    system = LocalSystem(data, SystemPlan(None, None, 1, str(data.models), "", {}), lambda _: None)
    with data.locked():
        try:
            system.start_servers()
            client = connect(system.state_redis)
            yield client
            client.close()
        finally:
            system.stop()
