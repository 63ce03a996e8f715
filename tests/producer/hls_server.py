"""A camera that speaks HLS on loopback: one-second files that become known as time goes by."""

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import av

from tests.producer.builders import HEIGHT, WIDTH, numbered_picture
from tests.producer.servers import Doorkeeper

FPS = 10
_WINDOW = 3  # files that a playlist names
_SECONDS = 60


class HlsServer:
    """Numbered pictures, ten a second and a file; live until ``ended``, then without a new file."""

    def __init__(self, folder: Path, door: Doorkeeper, tls: ssl.SSLContext | None = None) -> None:
        """Listen on loopback at once; the first three files are there."""
        self.door = door
        self.ended = threading.Event()
        self.stalled = threading.Event()
        self._files = [path.read_bytes() for path in _segments(folder)]
        self._began_at = time.monotonic()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._scheme = "https" if tls else "http"
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self._known = _WINDOW

    def url(self, login: str = "") -> str:
        """Where the playlist is."""
        return f"{self._scheme}://{login + '@' if login else ''}127.0.0.1:{self._server.server_port}/live.m3u8"

    def kill(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def playlist(self) -> bytes:
        """What it names now."""
        if not (self.stalled.is_set() or self.ended.is_set()):
            self._known = min(len(self._files), _WINDOW + int(time.monotonic() - self._began_at))
        first = max(0, self._known - _WINDOW)
        lines = ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:1", f"#EXT-X-MEDIA-SEQUENCE:{first}"]
        lines += [line for number in range(first, self._known) for line in ("#EXTINF:1.0,", f"{number}.ts")]
        lines += ["#EXT-X-ENDLIST"] if self.ended.is_set() else []
        return "\n".join(lines).encode() + b"\n"

    def content(self, path: str) -> tuple[str, bytes] | None:
        """What is at a path."""
        name = path.strip("/")
        if name == "live.m3u8":
            return "application/vnd.apple.mpegurl", self.playlist()
        number = name.removesuffix(".ts")
        return ("video/mp2t", self._files[int(number)]) if number.isdigit() else None


def _segments(folder: Path) -> list[Path]:
    """Files of one second, each of which begins with a key frame."""
    options = {"hls_time": "1", "hls_list_size": "0", "hls_segment_filename": str(folder / "%03d.ts")}
    with av.open(str(folder / "all.m3u8"), "w", format="hls", options=options) as container:
        stream = container.add_stream("libx264", rate=FPS, options={"g": str(FPS), "tune": "zerolatency"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(_SECONDS * FPS):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(numbered_picture(number), format="bgr24")))
        container.mux(stream.encode())
    return sorted(folder.glob("*.ts"))


def _handler(server: HlsServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = server.content(self.path)
            if not server.door.admits(self.headers.get("Authorization")):
                self._say(401, server.door.refusal())
            elif found is None:
                self._say(404, {"Content-Length": "0"})
            else:
                kind, content = found
                self._say(200, {"Content-Type": kind, "Content-Length": str(len(content))})
                with suppress(OSError):  # the client hung up
                    self.wfile.write(content)

        def _say(self, status: int, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in http.server
            pass

    return Handler


@contextmanager
def hls_server(
    folder: Path, login: str = "", is_digest: bool = False, tls: ssl.SSLContext | None = None
) -> Iterator[HlsServer]:
    """A server for the length of a test."""
    server = HlsServer(folder, Doorkeeper(login, is_digest), tls)
    try:
        yield server
    finally:
        server.kill()
