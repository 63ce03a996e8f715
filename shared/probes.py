"""What every process answers to monitoring over HTTP: /metrics, /healthz, /readyz."""

import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

Readiness = Callable[[], str]  # an empty text when ready, else what is missing


class PortInUse(Exception):
    """The port is taken: choose another."""


class ProbeServer:
    """Serves a process's probes from a thread of its own.

    /healthz says 200 while the process lives; /readyz says 503 and why while it cannot do its work.
    """

    def __init__(self, host: str, port: int, registry: CollectorRegistry, readiness: Readiness) -> None:
        """Bind at once; port 0 takes a free one.

        Raises:
            PortInUse: something else listens there.
        """
        try:
            self._server = _server_class(host)((host, port), _handler(registry, readiness))
        except OSError as error:
            raise PortInUse(f"port {port} on {host} cannot be served: {error.strerror}") from error
        self.url = f"http://{advertised(host)}:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), name="probes", daemon=True)

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def close(self) -> None:
        """Stop answering and free the port."""
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True


class _ServerOfBoth(_Server):
    """On an address of IPv6; on all of them (::), on those of IPv4 too."""

    address_family = socket.AF_INET6

    def server_bind(self) -> None:
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()


def _server_class(host: str) -> type[_Server]:
    return _ServerOfBoth if ":" in host else _Server


def advertised(host: str) -> str:
    """Where others reach what listens on ``host``: of all addresses, the one that leads out of this machine."""
    if host not in {"", "0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        return f"[{host}]" if ":" in host else host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: only asks which way it would go
            return str(probe.getsockname()[0])
        except OSError:
            return socket.gethostname()


def _handler(registry: CollectorRegistry, readiness: Readiness) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path == "/metrics":
                self._answer(200, generate_latest(registry), CONTENT_TYPE_LATEST)
            elif path == "/healthz":
                self._answer(200, b"ok\n")
            elif path == "/readyz":
                missing = readiness()
                self._answer(503 if missing else 200, f"{missing or 'ready'}\n".encode())
            else:
                self._answer(404, b"there are /metrics, /healthz and /readyz\n")

        def _answer(self, status: int, body: bytes, content_type: str = "text/plain; charset=utf-8") -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in http.server
            """Stay silent: a scrape every few seconds is no news."""

    return Handler
