"""An HTTP server that gives files, right ones and wrong ones, and all that can go wrong besides."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GOOD = b"weights " * 5_000
MEGABYTE = b"\0" * 1_000_000


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        getattr(self, f"_{self.path.strip('/')}", self._nothing)()

    def _good(self) -> None:
        self._give(GOOD, len(GOOD))

    def _wrong(self) -> None:
        self._give(b"other" + GOOD, 5 + len(GOOD))

    def _cut(self) -> None:
        self._give(GOOD[:100], len(GOOD))

    def _large(self) -> None:
        self._give(MEGABYTE, 500 * len(MEGABYTE))

    def _endless(self) -> None:
        self._give(b"", None)
        while True:
            self.wfile.write(MEGABYTE)

    def _moved(self) -> None:
        self._lead_to("/good")

    def _loop(self) -> None:
        self._lead_to("/loop")

    def _away(self) -> None:
        self._lead_to("ftp://127.0.0.1/weights")

    def _nothing(self) -> None:
        self.send_error(404)

    def _give(self, content: bytes, stated: int | None) -> None:
        self.send_response(200)
        if stated is not None:
            self.send_header("Content-Length", str(stated))
        self.end_headers()
        self.wfile.write(content)

    def _lead_to(self, address: str) -> None:
        self.send_response(302)
        self.send_header("Location", address)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing: it would mix with the test's own output."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing where a client has had enough: a traceback would mix with the test's own output, perhaps the next."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@contextmanager
def running_file_server() -> Iterator[str]:
    """The server's address."""
    server = _Server(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
