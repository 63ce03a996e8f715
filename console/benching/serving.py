"""A server for the time of a benchmark, as `maskwatch up` starts its own."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from console.benching.tying import tied_to_this
from deploy.local.servers import ServerFailed, frames_server, url_of
from shared.connections import ServerUnreachable, check_reachable, connect

_PATIENCE_S = 10.0
_POLL_S = 0.02


@contextmanager
def a_server() -> Iterator[redis.Redis]:
    """A client of an empty server that keeps nothing.

    Raises:
        ServerFailed: it does not come up.
    """
    # A short path: that of a unix socket is limited to 108 bytes.
    with tempfile.TemporaryDirectory(prefix="maskwatch-", dir="/tmp") as folder:
        spec = frames_server(Path(folder))
        url = url_of(spec, Path(folder))
        with subprocess.Popen(tied_to_this(spec.argv), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                _wait(url, process)
                client = connect(url)
                yield client
                client.close()
            finally:
                process.kill()


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            check_reachable(url)
        except ServerUnreachable as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise ServerFailed(f"the server of the benchmark does not come up: {error}") from error
            time.sleep(_POLL_S)
        else:
            return
