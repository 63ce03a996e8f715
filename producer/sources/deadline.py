"""HTTP connections whose answers must be whole by a deadline, however slowly their bytes drip."""

import io
import socket
import time
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

_SHORTEST_S = 0.001  # 0 would mean not to wait at all, even for what is there already


class Deadline:
    """When the wait ends; put off for each answer."""

    def __init__(self) -> None:
        """No wait has begun."""
        self._ends_at = float("inf")

    def put_off(self, wait_s: float) -> None:
        """End the wait in that many seconds."""
        self._ends_at = time.monotonic() + wait_s

    def left_s(self) -> float:
        """How long a socket may still wait."""
        return max(self._ends_at - time.monotonic(), _SHORTEST_S)

    @property
    def has_passed(self) -> bool:
        """Whether the wait is over."""
        return time.monotonic() >= self._ends_at


class DeadlineAdapter(HTTPAdapter):
    """For a session of requests: everything that it reads is bounded by one deadline."""

    def __init__(self, deadline: Deadline) -> None:
        """Bound what is read from now on."""
        self._deadline = deadline
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as in requests
        """Make the pools of connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pools(self._deadline)


def _pools(deadline: Deadline) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            self.sock = _BoundedSocket(self.sock, deadline)

    class Secure(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            self.sock = _BoundedSocket(self.sock, deadline)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


class _BoundedSocket:
    """A socket that reads through ``_BoundedReader`` and is itself in all else."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline

    def makefile(self, *_: object, **__: object) -> io.BufferedReader:
        return io.BufferedReader(_BoundedReader(self._sock, self._deadline))

    def __getattr__(self, name: str) -> object:
        return getattr(self._sock, name)


class _BoundedReader(io.RawIOBase):
    # A socket's own timeout begins anew with every byte.
    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 - as in io
        self._sock.settimeout(self._deadline.left_s())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()
