"""Cameras on loopback: an HTTP camera written here, and a real RTSP server in a process of its own."""

import base64
import hashlib
import re
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.producer.builders import numbered_jpeg

BOUNDARY = b"frame"
_NONCE = "5e1f"


class Doorkeeper:
    """Asks for a login, user:password, by Basic or Digest; none lets everybody in."""

    def __init__(self, login: str = "", is_digest: bool = False) -> None:
        """Nobody has come yet."""
        self._login = login
        self._is_digest = is_digest
        self.asked: list[str | None] = []  # the logins that came with each request

    def admits(self, authorization: str | None) -> bool:
        """Whether the login is right."""
        self.asked.append(authorization)
        if not self._login:
            return True
        if self._is_digest:
            return authorization is not None and self._is_right_digest(authorization)
        return authorization == f"Basic {base64.b64encode(self._login.encode()).decode()}"

    def refusal(self) -> dict[str, str]:
        """The headers of an answer that asks for the login."""
        asks = f'Digest realm="camera", nonce="{_NONCE}", qop="auth"' if self._is_digest else 'Basic realm="camera"'
        return {"WWW-Authenticate": asks, "Content-Length": "0"}

    def _is_right_digest(self, authorization: str) -> bool:
        said = dict(re.findall(r'(\w+)="?([^",]+)"?', authorization))
        user, _, password = self._login.partition(":")
        who, what = _md5(f"{user}:camera:{password}"), _md5(f"GET:{said.get('uri')}")
        expected = _md5(f"{who}:{_NONCE}:{said.get('nc')}:{said.get('cnonce')}:auth:{what}")
        return said.get("response") == expected


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


class MjpegServer:
    """Numbered JPEGs from 0 on, over and over: as a stream at /video, one an answer at /snapshot.

    It may ask for a login, freeze or be killed. ``pictures`` may be replaced by any bytes.
    """

    def __init__(
        self,
        port: int = 0,
        login: str = "",
        interval_s: float = 0.02,
        count: int = 200,
        is_digest: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Listen on loopback at once."""
        self.pictures = [numbered_jpeg(number) for number in range(count)]
        self.frozen = threading.Event()
        self.interval_s = interval_s
        self.door = Doorkeeper(login, is_digest)
        self.connections = 0
        self._is_over = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._server.daemon_threads = True
        self._scheme = "https" if tls else "http"
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def url(self, login: str = "", path: str = "video") -> str:
        """Where the stream is."""
        return f"{self._scheme}://{login + '@' if login else ''}127.0.0.1:{self.port}/{path}"

    def kill(self) -> None:
        """Break all connections off and free the port."""
        self._is_over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait(self) -> bool:
        """Wait for the next picture's time; false when the server is killed."""
        while not self._is_over.wait(self.interval_s):
            if not self.frozen.is_set():
                return True
        return False

    def parts(self) -> Iterator[bytes]:
        """The pictures, at their rate, until the server is killed."""
        number = 0
        while self.wait():
            yield a_part(self.pictures[number % len(self.pictures)])
            number += 1


def a_part(jpeg: bytes) -> bytes:
    """One part of an MJPEG answer."""
    headers = b"--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % (BOUNDARY, len(jpeg))
    return headers + jpeg + b"\r\n"


def _handler(camera: MjpegServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            camera.connections += 1
            super().setup()

        def do_GET(self) -> None:
            try:
                self._answer()
            except OSError:
                self.close_connection = True  # the client hung up

        def _answer(self) -> None:
            if not camera.door.admits(self.headers.get("Authorization")):
                self._say(401, camera.door.refusal())
            elif self.path == "/video":
                content = f"multipart/x-mixed-replace; boundary={BOUNDARY.decode()}"
                self._say(200, {"Content-Type": content, "Connection": "close"})
                for part in camera.parts():
                    self.wfile.write(part)
            elif self.path == "/snapshot" and camera.wait():
                jpeg = camera.pictures.pop(0)
                camera.pictures.append(jpeg)
                self._say(200, {"Content-Type": "image/jpeg", "Content-Length": str(len(jpeg))})
                self.wfile.write(jpeg)
            else:
                self._say(404, {"Content-Length": "0"})

        def _say(self, status: int, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in http.server
            pass

    return Handler


@contextmanager
def mjpeg_server(
    port: int = 0,
    login: str = "",
    interval_s: float = 0.02,
    is_digest: bool = False,
    tls: ssl.SSLContext | None = None,
) -> Iterator[MjpegServer]:
    """A server for the length of a test."""
    server = MjpegServer(port, login, interval_s, is_digest=is_digest, tls=tls)
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


@contextmanager
def answering_server(at_once: bytes, then: bytes = b"", drip_s: float = 0.0) -> Iterator[int]:
    """The port of a server that gives every client the same bytes: some at once, others one by one, over and over.

    Without ``then`` it hangs up behind the first.
    """
    is_over = threading.Event()

    def serve(client: socket.socket) -> None:
        with client:
            try:
                client.recv(65536)
                client.sendall(at_once)
                while then and not is_over.wait(drip_s):
                    client.sendall(then)
            except OSError:
                pass  # the client hung up

    def accept() -> None:
        while not is_over.is_set():
            try:
                client, _ = listener.accept()
            except TimeoutError:
                continue
            client.settimeout(5)
            threading.Thread(target=serve, args=(client,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            is_over.set()
            accepting.join()


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
