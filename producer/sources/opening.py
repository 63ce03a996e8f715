"""From a camera's source string to an opened source."""

from pathlib import Path

from producer.sources.base import Source, SourceLimits, SourceMissing, SourceUnusable
from producer.sources.demo_feed import DemoFeed
from producer.sources.http import open_http
from producer.sources.image_folder import ImageFolder, pictures_in
from producer.sources.loop import LoopedVideo
from producer.sources.rtsp import open_rtsp
from producer.sources.usb import UsbCamera
from producer.sources.video_file import VideoFile
from producer.sources.watched_folder import WatchedFolder
from shared.cameras import LOOP_PREFIX, LOSSLESS_KINDS, WATCH_PREFIX, Camera, SourceKind, kind_of


def open_live(camera: Camera, address: str, limits: SourceLimits, fps: float, position: str = "") -> Source:
    """Open a camera that runs in real time.

    ``address`` is the camera's source with its login, where it has one. Sources that are asked for each
    picture are asked ``fps`` times a second; a watched folder goes on behind ``position``.

    Raises:
        SourceError: see ``producer.sources.base``.
    """
    match camera.kind:
        case SourceKind.RTSP:
            return open_rtsp(address, limits, camera.transport)
        case SourceKind.HTTP | SourceKind.HLS:
            return open_http(address, limits, fps)
        case SourceKind.USB:
            return UsbCamera(address, limits)
        case SourceKind.LOOP:
            return LoopedVideo(Path(address.removeprefix(LOOP_PREFIX)))
        case SourceKind.WATCH:
            return WatchedFolder(Path(address.removeprefix(WATCH_PREFIX)), fps, position)
        case SourceKind.DEMO:
            return DemoFeed(address)
        case SourceKind.FILE | SourceKind.FOLDER:
            raise SourceUnusable("files and folders are read whole: set on_overload to wait")


def open_recorded(camera: Camera, start_at: int) -> Source:
    """Open a file or folder, its first picture being number ``start_at``.

    Raises:
        SourceUnusable: see ``producer.sources.base``.
    """
    if camera.kind not in LOSSLESS_KINDS:
        raise SourceUnusable("a live source cannot wait: set on_overload to drop_oldest")
    if camera.kind is SourceKind.FOLDER:
        return ImageFolder(Path(camera.source), camera.fps, start_at)
    return VideoFile(Path(camera.source), camera.fps, start_at)


def check_recorded(source: str) -> None:
    """Look whether a file or folder can be played, also in a loop; every other kind of source passes.

    Raises:
        SourceMissing, NotAVideo, NoPictures: see there.
    """
    kind = kind_of(source)
    if kind is SourceKind.FOLDER:
        pictures_in(Path(source))
    elif kind is SourceKind.WATCH:
        WatchedFolder(Path(source.removeprefix(WATCH_PREFIX))).close()
    elif kind in {SourceKind.FILE, SourceKind.LOOP}:
        path = Path(source.removeprefix(LOOP_PREFIX) if kind is SourceKind.LOOP else source)
        if not path.exists():
            raise SourceMissing(f"there is no file {path}")
        VideoFile(path).close()
