"""Cameras on loopback: an MJPEG server written here, and a real RTSP server in a process of its own."""

import base64
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.producer.builders import numbered_jpeg

BOUNDARY = b"frame"


class MjpegServer:
    """Streams numbered JPEGs from 0 on, over and over to ``count``; may ask for a login, freeze or be killed."""

    def __init__(self, port: int = 0, login: str = "", interval_s: float = 0.02, count: int = 200) -> None:
        """Listen on loopback at once."""
        self.pictures = [numbered_jpeg(number) for number in range(count)]
        self.frozen = threading.Event()
        self.interval_s = interval_s
        self._is_over = threading.Event()
        self._expected = f"Basic {base64.b64encode(login.encode()).decode()}" if login else None
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def url(self, login: str = "") -> str:
        """Where the stream is."""
        return f"http://{login + '@' if login else ''}127.0.0.1:{self.port}/video"

    def kill(self) -> None:
        """Break all connections off and free the port."""
        self._is_over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def admits(self, authorization: str | None) -> bool:
        """Whether the login is right."""
        return self._expected is None or authorization == self._expected

    def parts(self) -> Iterator[bytes]:
        """The pictures, at their rate, until the server is killed."""
        number = 0
        while not self._is_over.wait(self.interval_s):
            if not self.frozen.is_set():
                jpeg = self.pictures[number % len(self.pictures)]
                yield (
                    b"--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % (BOUNDARY, len(jpeg))
                    + jpeg
                    + b"\r\n"
                )
                number += 1


def _handler(camera: MjpegServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if not camera.admits(self.headers.get("Authorization")):
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="camera"')
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={BOUNDARY.decode()}")
            self.end_headers()
            try:
                for part in camera.parts():
                    self.wfile.write(part)
            except OSError:
                pass  # the client hung up

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in http.server
            pass

    return Handler


@contextmanager
def mjpeg_server(port: int = 0, login: str = "", interval_s: float = 0.02) -> Iterator[MjpegServer]:
    """A server for the length of a test."""
    server = MjpegServer(port, login, interval_s)
    try:
        yield server
    finally:
        server.kill()


def free_port() -> int:
    """A port on which nothing listens now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def silent_server() -> Iterator[int]:
    """The port of a server that accepts connections and says nothing."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield int(listener.getsockname()[1])


_RTSP_SCRIPT = """
import sys, rtsp
from PIL import Image
from tests.producer.builders import numbered_picture
pictures = [Image.fromarray(numbered_picture(n)[:, :, ::-1].copy()) for n in range(50)]
with rtsp.Source(sys.argv[1], fps=25, frame_buffer=pictures) as source:
    source.serve_forever()
"""


def start_rtsp_server(port: int) -> "tuple[subprocess.Popen[bytes], str]":
    """A real RTSP server of numbered H.264 pictures; the caller kills it."""
    url = f"rtsp://127.0.0.1:{port}/live"
    # In a process of its own, so that killing it is what a camera's power cut is.
    process = subprocess.Popen([sys.executable, "-c", _RTSP_SCRIPT, url], stderr=subprocess.DEVNULL)
    return process, url
