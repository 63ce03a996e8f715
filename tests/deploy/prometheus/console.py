"""What Prometheus asks of a console, and what Alertmanager tells a receiver, from servers of a test's own."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Desk:
    """A console whose metrics the test sets, and a receiver that keeps what it is told."""

    def __init__(self) -> None:
        self.metrics = ""
        self.told: list[dict[str, Any]] = []
        self.url = ""

    def alerts(self, name: str, status: str) -> list[dict[str, Any]]:
        """What was told of an alert that is ``firing`` or ``resolved``."""
        each = [alert for message in self.told for alert in message["alerts"]]
        return [alert for alert in each if alert["labels"]["alertname"] == name and alert["status"] == status]

    def answer(self, path: str) -> tuple[str, str]:
        """Type and content of a page."""
        if path == "/metrics":
            return "text/plain; version=0.0.4", self.metrics
        labels = {"__metrics_path__": "/metrics", "role": "console", "instance": "box/console"}
        return "application/json", json.dumps([{"targets": [self.url.removeprefix("http://")], "labels": labels}])


@contextmanager
def running_desk() -> Iterator[Desk]:
    """A desk on a free port of this machine."""
    desk = Desk()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, content = desk.answer(self.path)
            self._send(content.encode(), kind)

        def do_POST(self) -> None:
            desk.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self._send(b"", "text/plain")

        def _send(self, content: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    desk.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield desk
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
