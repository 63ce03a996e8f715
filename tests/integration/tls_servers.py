"""A cluster of two nodes, and a primary with a sentinel, that speak TLS alone, among themselves too."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import redis

from tests.deploy.redis.certificates import Authority
from tests.deploy.redis.servers import REDIS
from tests.integration.cluster import free_ports
from tests.integration.port_server import PATIENCE_S
from tests.waiting import eventually

SERVICE = "counts"
_SLOTS = 16_384


@dataclass(frozen=True)
class TlsSite:
    """Addresses of both, but for the files that clients show; and who signed, or did not sign, the certificates."""

    cluster: str
    sentinels: str
    authority: Authority
    stranger: Authority


@contextmanager
def tls_site(folder: Path) -> Iterator[TlsSite]:
    """They run, and are gone at the end."""
    authority, stranger = Authority(folder), Authority(folder, "stranger")
    with ExitStack() as stack:
        start = partial(_start, stack, folder, authority, _tls(authority))
        cluster, sentinels = _cluster(start), _sentinels(start, folder)
        yield TlsSite(cluster, sentinels, authority, stranger)


def _tls(authority: Authority) -> list[str]:
    pair = authority.sign("server", "127.0.0.1")
    return [
        "--port", "0", "--tls-cert-file", str(pair.certificate), "--tls-key-file", str(pair.key),
        "--tls-ca-cert-file", str(authority.certificate), "--tls-auth-clients", "no",
        "--tls-replication", "yes", "--save", "", "--appendonly", "no",
    ]  # fmt: skip


def _start(
    stack: ExitStack, folder: Path, authority: Authority, tls: list[str], port: int, *options: str
) -> redis.Redis:
    own = folder / str(port)
    own.mkdir()
    argv = [str(REDIS), *options, *tls, "--tls-port", str(port), "--dir", str(own)]
    with (own / "log").open("wb") as log:
        process = subprocess.Popen(argv, stdout=log)
    stack.callback(process.wait)
    stack.callback(process.kill)
    client = redis.Redis(port=port, host="127.0.0.1", ssl=True, ssl_ca_certs=str(authority.certificate))
    stack.callback(client.close)
    eventually(lambda: _answers(client), timeout_s=PATIENCE_S)
    return client


def _answers(client: redis.Redis) -> bool:
    with suppress(redis.RedisError):
        return bool(client.ping())
    return False


def _cluster(start: "partial[redis.Redis]") -> str:
    ports = free_ports(4)
    half = _SLOTS // 2
    nodes = []
    for number, (port, bus_port) in enumerate((ports[:2], ports[2:])):
        node = start(port, "--cluster-enabled", "yes", "--tls-cluster", "yes", "--cluster-port", str(bus_port))
        node.execute_command("CLUSTER", "SET-CONFIG-EPOCH", number + 1)  # type: ignore[no-untyped-call]
        node.execute_command("CLUSTER", "ADDSLOTSRANGE", number * half, (number + 1) * half - 1)  # type: ignore[no-untyped-call]
        nodes.append(node)
    nodes[0].execute_command("CLUSTER", "MEET", "127.0.0.1", ports[2], ports[3])  # type: ignore[no-untyped-call]
    for node in nodes:
        eventually(lambda node=node: b"cluster_state:ok" in _info(node), timeout_s=PATIENCE_S)  # type: ignore[misc]
    return f"rediss+cluster://127.0.0.1:{ports[0]}"


def _info(node: redis.Redis) -> bytes:
    answer = node.execute_command("CLUSTER INFO")  # type: ignore[no-untyped-call]
    return answer if isinstance(answer, bytes) else str(answer).replace("'", "").replace(": ", ":").encode()


def _sentinels(start: "partial[redis.Redis]", folder: Path) -> str:
    primary, port = free_ports(2)
    start(primary)
    config = folder / "sentinel.conf"
    config.write_text(f"sentinel monitor {SERVICE} 127.0.0.1 {primary} 1\n")
    start(port, str(config), "--sentinel")
    return f"rediss+sentinel://127.0.0.1:{port}/{SERVICE}"
