"""Runs the web server in a thread of its own, on a port that is bound before anything else begins."""

import socket
import threading

import uvicorn
from fastapi import FastAPI

from console.web.connections import MOST, BoundedConnection
from shared.probes import PortInUse, advertised

_START_S = 10.0
_GRACE_S = 2  # for requests that are being answered; live pictures never end by themselves


class WebServer:
    """Serves one app."""

    def __init__(self, app: FastAPI, host: str, port: int) -> None:
        """Bind at once; port 0 takes a free one.

        Raises:
            PortInUse: something else listens there.
        """
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(family)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((host, port))
            self._socket.listen(128)  # who comes before the server has begun waits
        except OSError as error:
            self._socket.close()
            raise PortInUse(f"port {port} on {host} cannot be served: {error.strerror}") from error
        self.url = f"http://{advertised(host)}:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(
            app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=_GRACE_S,
            ws_max_size=65_536, limit_concurrency=MOST, http=BoundedConnection,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name="web", daemon=True)

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def close(self) -> None:
        """Stop answering and free the port."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(_START_S)
        self._socket.close()
