"""A real cluster of three primaries with a replica each, on this machine; nodes can be killed, started and relieved."""

import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, cast

import redis
from redis.crc import key_slot

from tests.integration.port_server import PATIENCE_S, PortServer
from tests.waiting import eventually

NODE_TIMEOUT_MS = 1_000  # without a node's answer, before its replica takes over
_PRIMARIES = 3
_SLOTS = 16_384


class Node(PortServer):
    """One server of the cluster."""

    def __init__(self, folder: Path, port: int, bus_port: int) -> None:
        options = {
            "cluster-enabled": "yes",
            "cluster-port": bus_port,
            "cluster-node-timeout": NODE_TIMEOUT_MS,
            "cluster-replica-validity-factor": 0,
            "cluster-allow-replica-migration": "no",
            "repl-diskless-sync-delay": 0,
            "appendonly": "no",
            "save": "",
        }
        super().__init__(folder, port, *(word for name, value in options.items() for word in (f"--{name}", str(value))))
        folder.mkdir()
        self.bus_port = bus_port
        self.id = ""

    def start(self) -> None:
        # What a replica was sent by its primary lies on its disk for good: it would begin with that, not empty.
        (self._folder / "dump.rdb").unlink(missing_ok=True)
        super().start()

    def ask(self, *command: str | int) -> Any:  # noqa: ANN401 - as the server answers
        return self.client.execute_command("CLUSTER", *command)  # type: ignore[no-untyped-call]

    @property
    def is_whole(self) -> bool:
        """Whether it knows of a primary for each slot."""
        told = self.ask("INFO")
        state = told.get("cluster_state") if isinstance(told, dict) else b"cluster_state:ok" in told
        return state in {"ok", True}

    @property
    def is_primary(self) -> bool:
        return bool(self.client.info("replication")["role"] == "master")

    @property
    def is_fed(self) -> bool:
        """Whether it is a replica that follows its primary."""
        return bool(self.client.info("replication").get("master_link_status") == "up")


class Cluster:
    """Its nodes: the first half were the primaries at the beginning, the others their replicas in the same order."""

    def __init__(self, folder: Path) -> None:
        ports = free_ports(4 * _PRIMARIES)
        self.nodes = [
            Node(folder / str(number), *ports[2 * number : 2 * number + 2]) for number in range(2 * _PRIMARIES)
        ]

    @property
    def url(self) -> str:
        return "redis+cluster://" + ",".join(f"127.0.0.1:{node.port}" for node in self.nodes[:_PRIMARIES])

    def start(self) -> None:
        for node in self.nodes:
            node.start()
        for epoch, node in enumerate(self.nodes, start=1):
            node.id = _text(node.ask("MYID"))
            node.ask("SET-CONFIG-EPOCH", epoch)
        primaries, replicas = self.nodes[:_PRIMARIES], self.nodes[_PRIMARIES:]
        for number, node in enumerate(primaries):
            first, behind = (_SLOTS * each // _PRIMARIES for each in (number, number + 1))
            node.ask("ADDSLOTSRANGE", first, behind - 1)
        for node in self.nodes[1:]:
            self.nodes[0].ask("MEET", "127.0.0.1", node.port, node.bus_port)
        for primary, replica in zip(primaries, replicas, strict=True):
            eventually(partial(_replicates, replica, primary), timeout_s=PATIENCE_S)
        self.wait_until_whole()

    def stop(self) -> None:
        for node in self.nodes:
            node.kill()

    def wait_until_whole(self) -> None:
        """Until each node knows all slots, and each replica follows its primary."""
        eventually(lambda: all(each.is_whole for each in self.nodes), timeout_s=PATIENCE_S)
        eventually(lambda: all(each.is_primary or each.is_fed for each in self.nodes), timeout_s=PATIENCE_S)

    def primary_of(self, key: str) -> Node:
        """The node that has a key now, as a living one says."""
        return next(each for each in self.nodes if each.answers() and each.is_primary and _has(each, key))

    def replace_primary_of(self, key: str) -> Node:
        """Kill the node that has a key, and wait until its replica has taken over; returns what was killed."""
        killed = self.primary_of(key)
        killed.kill()
        self.wait_until_replaced(killed, key)
        return killed

    def wait_until_replaced(self, gone: Node, key: str) -> None:
        """Until another node has a key, and all others know of it."""
        others = [each for each in self.nodes if each is not gone]
        eventually(lambda: any(_has(each, key) for each in others if each.is_primary), timeout_s=PATIENCE_S)
        eventually(lambda: all(each.is_whole for each in others), timeout_s=PATIENCE_S)

    def move_slot_of(self, key: str) -> Node:
        """Give a key's slot and all that is in it to another primary, which is returned."""
        slot, source = key_slot(key.encode()), self.primary_of(key)
        target = next(each for each in self._living() if each.is_primary and each is not source)
        target.ask("SETSLOT", slot, "IMPORTING", source.id)
        source.ask("SETSLOT", slot, "MIGRATING", target.id)
        while keys := cast("list[bytes]", source.ask("GETKEYSINSLOT", slot, 1)):
            source.client.migrate("127.0.0.1", target.port, keys, 0, 5_000)
        for node in (target, source, *self._living()):
            if node.is_primary:
                node.ask("SETSLOT", slot, "NODE", target.id)
        return target

    def _living(self) -> list[Node]:
        return [each for each in self.nodes if each.answers()]


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """A cluster that is whole, and gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="mw-cluster-"))
    cluster = Cluster(folder)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder)


def _has(node: Node, key: str) -> bool:
    """Whether a node takes a key for its own."""
    slot = key_slot(key.encode())
    ours = next(line for line in _text(node.ask("NODES")).splitlines() if "myself" in line)
    ranges = [each.partition("-") for each in ours.split()[8:] if not each.startswith("[")]
    return any(int(first) <= slot <= int(last or first) for first, _, last in ranges)


def _replicates(node: Node, primary: Node) -> bool:
    with suppress(redis.ResponseError):  # it has not heard of it yet
        node.ask("REPLICATE", primary.id)
        return True
    return False


def _text(answer: object) -> str:
    return answer.decode() if isinstance(answer, bytes) else str(answer)


def free_ports(number: int) -> list[int]:
    """Ports that nothing listens on, all different."""
    sockets = [socket.socket() for _ in range(number)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]
    finally:
        for each in sockets:
            each.close()
