"""From a captured picture to the JPEG that travels."""

from dataclasses import dataclass

import cv2

from producer import jpeg
from producer.sources.base import Picture


@dataclass(frozen=True)
class EncodedPicture:
    """JPEG bytes and the size of the picture in pixels."""

    jpeg: bytes
    width: int
    height: int


def encode(picture: Picture, quality: int) -> EncodedPicture:
    """The picture as JPEG: its own bytes where the source gave JPEG, else encoded with ``quality``, 10 to 100."""
    if picture.jpeg is not None:
        return EncodedPicture(picture.jpeg, *jpeg.size_of(picture.jpeg))
    if picture.pixels is None:
        raise ValueError("a picture has bytes or pixels")
    pixels = picture.pixels()
    _, encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return EncodedPicture(encoded.tobytes(), width=pixels.shape[1], height=pixels.shape[0])
