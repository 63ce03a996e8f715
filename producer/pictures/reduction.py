"""A picture's brightness in small: what the motion gate and the checks of a camera's pictures look at."""

import io
import struct

import cv2
import numpy as np
from PIL import JpegImagePlugin

from producer.pictures.jpeg import MAX_SIDE
from producer.sources.base import Luma, Picture
from shared.jpegs import MAX_SCANS, SCAN

WIDTH_PX = 320


def reduced_luma(picture: Picture) -> Luma | None:
    """The brightness, 0 to 255, about 320 px wide and as high in proportion; smaller pictures keep their size.

    JPEGs are as stored, not turned by their EXIF orientation. ``None`` where there are no pixels: bytes
    that are no whole JPEG, or an empty picture.
    """
    luma = _in_jpeg(picture.jpeg) if picture.jpeg is not None else _in_pixels(picture)
    return None if luma is None or luma.size == 0 else _narrowed(luma)


def _in_jpeg(jpeg: bytes) -> Luma | None:
    """A JPEG's brightness at the smallest scale of its own that is wide enough.

    Pillow, because OpenCV writes what it dislikes about a JPEG to standard error and raises on none at all.
    """
    try:
        # The class itself: Image.open would warn of large pictures by limits of its own.
        image = JpegImagePlugin.JpegImageFile(io.BytesIO(jpeg))
        if max(image.size) > MAX_SIDE or jpeg.count(SCAN) > MAX_SCANS:
            return None
        image.draft("L", (min(WIDTH_PX, image.width), 1))
        return np.asarray(image if image.mode == "L" else image.convert("L"), np.uint8)
    # Pillow says SyntaxError for "not this format", the others for broken segments and cut pictures.
    except (SyntaxError, OSError, ValueError, IndexError, struct.error):
        return None


def _in_pixels(picture: Picture) -> Luma | None:
    if picture.luma is not None:
        return picture.luma()
    if picture.pixels is None:
        return None
    pixels = picture.pixels()
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8) if pixels.size else None


def _narrowed(luma: Luma) -> Luma:
    height, width = luma.shape
    # OpenCV halves many times faster than it divides by any other number.
    while width >= 2 * WIDTH_PX and height > 1:
        width, height = width // 2, height // 2
        luma = _resized(luma, width, height)
    if width <= WIDTH_PX:
        return luma
    return _resized(luma, WIDTH_PX, max(1, round(height * WIDTH_PX / width)))


def _resized(luma: Luma, width: int, height: int) -> Luma:
    return np.asarray(cv2.resize(luma, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
