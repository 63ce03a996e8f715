"""A private network: hosts in namespaces of their own, linked by a bridge in another, with links that can be cut.

It needs root and `ip`; nothing of it is seen by other programs, and all of it is removed at the end.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.waiting import eventually

_NET = "10.201.0"
_NAME = "mw{pid}-{host}"
_HUB = "hub"
_PROXY = "tests.integration.delaying_proxy"


class Host:
    """A namespace with one address; programs run in it until the network ends."""

    def __init__(self, network: "Network", name: str, address: str) -> None:
        self.address = address
        self._network = network
        self._name = name

    def start(
        self, *command: str, env: Mapping[str, str] | None = None, log: Path | None = None
    ) -> "subprocess.Popen[bytes]":
        """A program of this host; what it prints goes into ``log`` or nowhere."""
        with (log or Path(os.devnull)).open("ab") as output:
            process = subprocess.Popen(
                self.inside(*command), env=os.environ | dict(env or {}), stdout=output, stderr=output
            )
        self._network.on_end.callback(_end, process)
        return process

    def inside(self, *command: str) -> list[str]:
        """The command line that runs a program on this host."""
        return ["ip", "netns", "exec", self._network.namespace(self._name), *command]

    def cut(self) -> None:
        """Take the link down: packets are lost, and no connection is told so."""
        _ip("-n", self._network.namespace(_HUB), "link", "set", f"p-{self._name}", "down")

    def mend(self) -> None:
        """Take the link up again."""
        _ip("-n", self._network.namespace(_HUB), "link", "set", f"p-{self._name}", "up")

    def delay(self, port: int, inner_port: int, milliseconds: float, jitter: float) -> None:
        """Whoever connects to ``port`` here reaches ``inner_port`` of its loopback, late by so much each way.

        A proxy does it, since not every kernel can delay packets (netem).
        """
        figures = [str(port), str(inner_port), f"{milliseconds:g}", f"{jitter:g}"]
        self.start(sys.executable, "-m", _PROXY, self.address, *figures)
        self.wait_for(port)

    def wait_for(self, port: int, address: str | None = None) -> None:
        """Until something listens there, on this host's own address unless another is given."""
        wanted = f"{address or self.address}:{port}"
        eventually(lambda: wanted in _output(*self.inside("ss", "-Hltn")).split(), timeout_s=20)


class Network:
    """Hosts on one bridge; what is pushed on ``on_end`` happens before it is removed."""

    def __init__(self, on_end: ExitStack) -> None:
        self.on_end = on_end
        self._hosts = 0
        self._add_namespace(_HUB)
        _ip("-n", self.namespace(_HUB), "link", "add", "bridge", "type", "bridge")
        _ip("-n", self.namespace(_HUB), "link", "set", "bridge", "up")

    def host(self, name: str) -> Host:
        """One more."""
        self._hosts += 1
        self._add_namespace(name)
        hub, own, port = self.namespace(_HUB), self.namespace(name), f"p-{name}"
        host = Host(self, name, f"{_NET}.{self._hosts + 1}")
        _ip("-n", hub, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", own)
        _ip("-n", hub, "link", "set", port, "master", "bridge", "up")
        _ip("-n", own, "address", "add", f"{host.address}/24", "dev", "eth0")
        _ip("-n", own, "link", "set", "eth0", "up")
        _ip("-n", own, "route", "add", "default", "dev", "eth0")
        return host

    def _add_namespace(self, name: str) -> None:
        namespace = self.namespace(name)
        _ip("netns", "add", namespace)
        self.on_end.callback(_ip, "netns", "del", namespace)
        _ip("-n", namespace, "link", "set", "lo", "up")

    @staticmethod
    def namespace(name: str) -> str:
        """The kernel's name for a host."""
        return _NAME.format(pid=os.getpid(), host=name)


def why_not() -> str:
    """Why there can be no network of one's own; empty where there can."""
    if os.geteuid() != 0 or not (shutil.which("ip") and shutil.which("ss")):
        return "private networks need root and the commands ip and ss (Debian: iproute2)"
    probe = _NAME.format(pid=os.getpid(), host="probe")
    try:
        _ip("netns", "add", probe)
        _ip("netns", "del", probe)
    except subprocess.CalledProcessError as error:
        return f"namespaces cannot be made here: {error.stderr.strip()}"
    return ""


@contextmanager
def private_network() -> Iterator[Network]:
    """A network that is gone at the end with all that runs in it, whatever happens."""
    _remove_what_the_killed_left()
    with ExitStack() as on_end:
        yield Network(on_end)


def _remove_what_the_killed_left() -> None:
    for line in _output("ip", "netns", "list").splitlines():
        name = line.split()[0]
        pid = name.partition("-")[0].removeprefix("mw")
        if name.startswith("mw") and pid.isdecimal() and not Path(f"/proc/{pid}").exists():
            _ip("netns", "del", name)


def _ip(*arguments: str) -> None:
    _output("ip", *arguments)


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=20).stdout


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()
