"""What real RTSP servers do that the one from PyPI does not: UDP, other sizes and codecs, lost packets, TLS.

GStreamer is Debian's (see ``GST_PACKAGES``) and runs under the system's Python; tests that need it are
skipped where it is missing.
"""

import functools
import random
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

GST_PACKAGES = (
    "gir1.2-gst-rtsp-server-1.0 gstreamer1.0-rtsp gstreamer1.0-plugins-base gstreamer1.0-plugins-good"
    " gstreamer1.0-plugins-ugly python3-gi"
)
_SYSTEM_PYTHON = "/usr/bin/python3"
_GST_SCRIPT = """
import sys, gi
gi.require_version("Gst", "1.0"), gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer
Gst.init(None)
port, pipeline, login, *needed = sys.argv[1:]
missing = [name for name in needed if Gst.ElementFactory.find(name) is None]
if missing:
    sys.exit("no " + " ".join(missing))
server = GstRtspServer.RTSPServer(service=port, address="127.0.0.1")
factory = GstRtspServer.RTSPMediaFactory(launch="( " + pipeline + " )")
if login:
    user, _, password = login.partition(":")
    token, allowed = GstRtspServer.RTSPToken(), GstRtspServer.RTSPPermissions()
    token.set_string("media.factory.role", user)
    for right in ("media.factory.access", "media.factory.construct"):
        allowed.add_permission_for_role(user, right, True)
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(2)
    auth.add_digest(user, password, token)
    server.set_auth(auth)
    factory.set_permissions(allowed)
server.get_mount_points().add_factory("/live", factory)
server.attach(None)
print("ready", flush=True)
GLib.MainLoop().run()
"""

Process = subprocess.Popen[bytes]


def a_pipeline(encoder: str, payloader: str, size: tuple[int, int] = (320, 240)) -> str:
    """GStreamer's words for a live stream of a moving ball, 25 pictures a second."""
    picture = f"video/x-raw,format=I420,width={size[0]},height={size[1]},framerate=25/1"
    return f"videotestsrc is-live=true pattern=ball ! {picture} ! {encoder} ! {payloader} name=pay0"


H264 = a_pipeline("x264enc tune=zerolatency sliced-threads=false key-int-max=25", "rtph264pay")
H265 = a_pipeline("x265enc tune=zerolatency key-int-max=25", "rtph265pay")


def start_gst_rtsp_server(port: int, pipeline: str, login: str = "") -> "tuple[Process, str]":
    """A real RTSP server at /live whose clients each get the pipeline from its start; the caller kills it.

    With a ``login``, user:password, it asks for it by Digest.
    """
    if not Path(_SYSTEM_PYTHON).exists():
        pytest.skip(f"there is no {_SYSTEM_PYTHON} for GStreamer's RTSP server")
    needed = [name for name in ("x264enc", "x265enc") if name in pipeline]
    command = [_SYSTEM_PYTHON, "-c", _GST_SCRIPT, str(port), pipeline, login, *needed]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    if process.stdout.readline() != b"ready\n":
        stop(process)
        pytest.skip(f"GStreamer's RTSP server does not run here: apt-get install {GST_PACKAGES}")
    return process, f"rtsp://127.0.0.1:{port}/live"


def stop(process: "Process") -> None:
    """As a power cut does."""
    process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


@contextmanager
def relay(port: int, loses: float = 0.0, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """The port of something between client and server: it loses some RTP packets, or speaks TLS to the client.

    The first 100 packets arrive; of the others the share ``loses`` does not.
    """
    chance = random.Random(3)
    copy = functools.partial(_copy_some, is_lost=lambda: chance.random() < loses) if loses else _copy

    def serve(client: socket.socket) -> None:
        with suppress(OSError), ExitStack() as stack, client, socket.create_connection(("127.0.0.1", port)) as server:
            inside = tls.wrap_socket(client, server_side=True) if tls else client
            stack.callback(inside.close)
            threading.Thread(target=_copy, args=(inside, server), daemon=True).start()
            copy(server, inside)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_accept, args=(listener, serve), daemon=True).start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket, serve: Callable[[socket.socket], None]) -> None:
    with suppress(OSError):
        while True:
            threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(1 << 16):
            target.sendall(piece)
        target.shutdown(socket.SHUT_RDWR)


def _copy_some(source: socket.socket, target: socket.socket, is_lost: Callable[[], bool]) -> None:
    """Copy byte by byte, but for the packets that stand between a dollar sign's header and the next byte."""
    packets = 0
    with suppress(OSError), source.makefile("rb") as stream:
        while byte := stream.read(1):
            if byte != b"$":
                target.sendall(byte)
                continue
            header = stream.read(3)
            packet = stream.read(int.from_bytes(header[1:], "big"))
            packets += header[0] == 0
            if header[0] or packets < 100 or not is_lost():
                target.sendall(byte + header + packet)
