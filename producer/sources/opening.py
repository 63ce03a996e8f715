"""From a camera's source string to an opened source."""

from pathlib import Path

from producer.sources.base import Source, SourceLimits, SourceMissing, SourceUnusable
from producer.sources.demo_feed import DemoFeed
from producer.sources.image_folder import ImageFolder, pictures_in
from producer.sources.network import NetworkStream
from producer.sources.usb import UsbCamera
from producer.sources.video_file import VideoFile
from shared.cameras import LOSSLESS_KINDS, Camera, SourceKind, kind_of


def open_live(camera: Camera, limits: SourceLimits) -> Source:
    """Open a camera that runs in real time.

    Raises:
        SourceError: see ``producer.sources.base``.
    """
    if camera.kind is SourceKind.DEMO:
        return DemoFeed(camera.source)
    if camera.kind is SourceKind.USB:
        return UsbCamera(camera.source, limits)
    if camera.kind in LOSSLESS_KINDS:
        raise SourceUnusable("files and folders are read whole: set on_overload to wait")
    return NetworkStream(camera.source, limits)


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
    """Look whether a file or folder can be played; every other kind of source passes.

    Raises:
        SourceMissing, NotAVideo, NoPictures: see there.
    """
    kind = kind_of(source)
    if kind is SourceKind.FOLDER:
        pictures_in(Path(source))
    elif kind is SourceKind.FILE:
        if not Path(source).exists():
            raise SourceMissing(f"there is no file {source}")
        VideoFile(Path(source)).close()
