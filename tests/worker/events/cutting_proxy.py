"""A connection to a server that breaks, or hangs, at a commit: between the client and a real server.

A commit is a transaction, or a script.
"""

import select
import socket
import threading
from contextlib import suppress
from enum import Enum
from pathlib import Path
from types import TracebackType

_SCRIPT, _BEGIN, _END = b"$7\r\nEVALSHA\r\n", b"$5\r\nMULTI\r\n", b"$4\r\nEXEC\r\n"
_ANSWERS = (b"QUEUED\r\n*", b"QUEUED\r\n_", b":1\r\n", b":0\r\n")  # each: done, or refused


class Fate(Enum):
    """What befalls the bytes of a commit."""

    LOST = "lost"  # the connection breaks before they reach the server
    TORN = "torn"  # it breaks when half of them have
    DONE = "done"  # it breaks before the answer comes back: the client cannot know
    LATE = "late"  # it breaks, and they reach the server when ``deliver`` says so
    HELD = "held"  # it holds, and they reach the server when ``deliver`` says so


class CuttingProxy:
    """Stands before the server at a unix socket; all passes through until a fate is set for a commit."""

    def __init__(self, server: Path) -> None:
        self._server = server
        self._fate: Fate | None = None
        self._spared = 0
        self._may_go_on = threading.Event()
        self._delivered = threading.Event()
        self.arrived = threading.Event()  # the commit is here, with a fate of its own
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"redis://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> "CuttingProxy":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._may_go_on.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def set_fate(self, fate: Fate, behind: int = 0) -> None:
        """Of the next commit ``behind`` so many others."""
        self._spared = behind
        self.arrived.clear()
        self._may_go_on.clear()
        self._delivered.clear()
        self._fate = fate

    def deliver(self) -> None:
        """Let through what is late or held; returns when the server has answered it."""
        self._may_go_on.set()
        assert self._delivered.wait(10)

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        upstream = socket.socket(socket.AF_UNIX)
        with client, upstream, suppress(OSError):
            upstream.connect(str(self._server))
            while self._pass_on(client, upstream):
                pass

    def _pass_on(self, client: socket.socket, upstream: socket.socket) -> bool:
        """Whatever is there to be passed on; false when the connection is over."""
        ready, _, _ = select.select([client, upstream], [], [])
        if upstream in ready:
            answer = upstream.recv(65536)
            client.sendall(answer)
            return bool(answer)
        data = client.recv(65536)
        is_meant = self._fate is not None and (_SCRIPT in data or _BEGIN in data)
        if not is_meant or self._spared:
            self._spared -= is_meant
            upstream.sendall(data)
            return bool(data)
        while not _is_whole(data):
            data += client.recv(65536)
        return self._befall(data, client, upstream)

    def _befall(self, data: bytes, client: socket.socket, upstream: socket.socket) -> bool:
        fate, self._fate = self._fate, None
        self.arrived.set()
        if fate is Fate.LOST:
            return False
        if fate is Fate.TORN:
            upstream.sendall(data[: len(data) // 2])
            return False
        if fate is Fate.LATE:
            client.shutdown(socket.SHUT_RDWR)
        if fate in {Fate.LATE, Fate.HELD}:
            assert self._may_go_on.wait(10)
        upstream.sendall(data)
        answer = b""
        while not any(each in answer for each in _ANSWERS):
            answer += upstream.recv(65536)
        self._delivered.set()
        if fate is Fate.HELD:
            client.sendall(answer)
        return fate is Fate.HELD


def _is_whole(data: bytes) -> bool:
    """Whether a transaction is there to its end, or a script: its number of arguments, and each behind its length."""
    if _BEGIN in data:
        return data.endswith(_END)
    head, _, rest = data.partition(b"\r\n")
    for _ in range(int(head.removeprefix(b"*"))):
        length, found, rest = rest.partition(b"\r\n")
        if not found or len(rest) < int(length.removeprefix(b"$")) + 2:
            return False
        rest = rest[int(length.removeprefix(b"$")) + 2 :]
    return True
