"""From a captured picture to the JPEG that travels."""

import cv2

from producer.pictures import jpeg
from producer.sources.base import Picture


def encode(picture: Picture, quality: int) -> bytes:
    """The picture as JPEG: its own bytes where the source gave JPEG, else encoded with ``quality``, 10 to 100."""
    if picture.jpeg is not None:
        return picture.jpeg
    if picture.pixels is None:
        raise ValueError("a picture has bytes or pixels")
    _, encoded = cv2.imencode(".jpg", picture.pixels(), [cv2.IMWRITE_JPEG_QUALITY, quality])
    return encoded.tobytes()


def size_of(picture: Picture) -> tuple[int, int]:
    """Its width and height in pixels, without converting what need not be."""
    if picture.jpeg is not None:
        return jpeg.size_of(picture.jpeg)
    planes = picture.luma or picture.pixels
    if planes is None:
        raise ValueError("a picture has bytes or pixels")
    height, width = planes().shape[:2]
    return width, height
