"""A folder of pictures, sorted by name."""

import io
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from producer.pictures import jpeg
from producer.sources.base import NoPictures, Picture, Pixels, SourceMissing
from shared.jpegs import MAX_SCANS, SCAN

# More than any camera has; decoded they are a quarter of a gigabyte, which a few bytes can claim.
MAX_PIXELS = 80_000_000
MAX_FILE_BYTES = 100_000_000
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"})
DEFAULT_FPS = 5.0


class ImageFolder:
    """The pictures of a folder from number ``start_at`` on, ``1 / fps`` seconds apart.

    Their numbers hold as long as the folder stays as it is. JPEG files keep their bytes, unless
    their metadata say that the camera was held sideways. A file that is no picture keeps its number
    and its bytes: the worker counts it as a dead letter.
    """

    codec = "images"
    is_steady = True
    can_freeze = False

    def __init__(self, path: Path, fps: float | None = None, start_at: int = 0) -> None:
        """List the folder.

        Raises:
            SourceMissing, NoPictures: see there.
        """
        self.fps: float | None = fps or DEFAULT_FPS
        self._paths = pictures_in(path)
        self._start_at = start_at

    def pictures(self) -> Iterator[Picture]:
        """The pictures in the order of their names."""
        step_s = 1 / (self.fps or DEFAULT_FPS)
        for number in range(self._start_at, len(self._paths)):
            yield picture_of(_content_or_nothing(self._paths[number]), number * step_s)

    def close(self) -> None:
        """Nothing is kept open."""


def pictures_in(folder: Path) -> list[Path]:
    """The folder's pictures, by the ends of their names, sorted by name.

    Raises:
        SourceMissing, NoPictures: see there.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.is_file())
    except OSError as error:
        raise SourceMissing(f"{folder} cannot be listed: {error.strerror}") from error
    if not paths:
        raise NoPictures(f"{folder} holds no pictures ({', '.join(sorted(SUFFIXES))})")
    return paths


def picture_of(content: bytes, time_s: float = 0.0) -> Picture:
    """A file's picture: its own bytes where they are JPEG and upright or nothing that can be decoded."""
    if content.startswith(jpeg.START) and jpeg.is_upright(content):
        return Picture(jpeg=content, time_s=time_s)
    pixels = _decoded(content)
    if pixels is None:
        return Picture(jpeg=content, time_s=time_s)
    return Picture(pixels=lambda: pixels, time_s=time_s)


def content_of(path: Path) -> bytes:
    """A picture file's bytes; none of one that is larger than any.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        content = file.read(MAX_FILE_BYTES + 1)
    return content if len(content) <= MAX_FILE_BYTES else b""


def _content_or_nothing(path: Path) -> bytes:
    try:
        return content_of(path)
    except OSError:
        return b""  # its number must not be skipped: no bytes end as a dead letter too


def _decoded(content: bytes) -> Pixels | None:
    if not _is_worth_decoding(content):
        return None
    try:
        pixels = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:  # larger than OpenCV allows
        return None
    return None if pixels is None else pixels.astype(np.uint8, copy=False)


def _is_worth_decoding(content: bytes) -> bool:
    """Whether it says that it is a picture, and no larger than any."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            return picture.width * picture.height <= MAX_PIXELS and content.count(SCAN) <= MAX_SCANS
    # Pillow warns or raises above limits of its own, which are higher.
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return False
