"""A real primary with a replica and three sentinels that watch them, on this machine."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast

import redis

from tests.integration.cluster import free_ports
from tests.integration.port_server import PATIENCE_S, PortServer
from tests.waiting import eventually

SERVICE = "counts"
_SENTINELS = 3


class Server(PortServer):
    """A server or a sentinel."""

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
        eventually(lambda: all(self._knows_all(each) for each in self.sentinels), timeout_s=PATIENCE_S)

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
        eventually(lambda: all(self._named(each) != killed.port for each in self.sentinels), timeout_s=PATIENCE_S)
        return killed

    def wait_until_fed(self) -> None:
        """Until one follows the other and has all that it wrote."""
        eventually(lambda: any(_feeds(each) for each in self.servers), timeout_s=PATIENCE_S)

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
