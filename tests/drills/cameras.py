"""Cameras for drills, each a process of its own: it can be killed, stopped in the middle of a picture, replaced."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable

from tests.producer.servers import start_rtsp_server

# Reads what it is to do from its standard input, a word a line.
_MJPEG_SCRIPT = """
import sys
import cv2
from tests.producer.builders import numbered_picture
from tests.producer.servers import MjpegServer

port, login, interval_s = int(sys.argv[1]), sys.argv[2], float(sys.argv[3])
camera = MjpegServer(port, login, interval_s)
sound = list(camera.pictures)
large = [cv2.imencode(".jpg", cv2.resize(numbered_picture(n), (320, 128)))[1].tobytes() for n in range(200)]
changes = {
    "sound": lambda: sound,
    "same": lambda: sound[:1],
    "large": lambda: large,
    "cut": lambda: [jpeg if n % 5 == 0 else jpeg[: len(jpeg) // 2] for n, jpeg in enumerate(sound)],
}
print("ready", flush=True)
for line in sys.stdin:
    camera.pictures = changes[line.strip()]()
"""

_SILENT_SCRIPT = """
import socket, sys, time
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
listener.listen()
print("ready", flush=True)
time.sleep(600)
"""

Start = Callable[[], "subprocess.Popen[bytes]"]


class CameraProcess:
    """A camera that ``start`` brings up, as often as it is wanted."""

    def __init__(self, url: str, start: Start) -> None:
        """Start it."""
        self.url = url
        self._start = start
        self._process = start()

    def kill(self) -> None:
        """Pull its plug."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.kill()
        self._process.wait()

    def come_back(self, start: Start | None = None) -> None:
        """Plug it in again, or another device in its place."""
        self.kill()
        self._process = (start or self._start)()

    def freeze(self) -> None:
        """Its program hangs; its connections stay open."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Its program goes on."""
        self._process.send_signal(signal.SIGCONT)

    def give(self, what: str) -> None:
        """Of an MJPEG camera: other pictures, without a new connection."""
        stdin = self._process.stdin
        assert stdin is not None
        stdin.write(f"{what}\n".encode())
        stdin.flush()


def mjpeg(port: int, login: str = "", interval_s: float = 0.05) -> Start:
    """A camera with MJPEG over HTTP on that port; its ``login`` is ``user:password``."""
    return lambda: _ready(_MJPEG_SCRIPT, str(port), login, str(interval_s))


def silent(port: int) -> Start:
    """A device that accepts connections and never answers."""
    return lambda: _ready(_SILENT_SCRIPT, str(port))


def rtsp(port: int) -> Start:
    """A camera with H.264 over RTSP."""
    return lambda: start_rtsp_server(port)[0]


def _ready(script: str, *arguments: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", script, *arguments]
    deadline = time.monotonic() + 20
    while True:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert process.stdout is not None
        if process.stdout.readline() == b"ready\n":
            process.stdout.close()
            return process
        process.wait()
        assert time.monotonic() < deadline, "the port does not become free"
        time.sleep(0.1)
