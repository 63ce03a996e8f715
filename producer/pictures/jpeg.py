"""What a JPEG's own header says, without decoding it."""

import io

from PIL import JpegImagePlugin

MAX_SIDE = 16384  # what a frame header may state
START = b"\xff\xd8"
END = b"\xff\xd9"

_ORIENTATION = 0x0112  # the EXIF tag; 1 is upright
_UNREADABLE = (1, 1)


def size_of(jpeg: bytes) -> tuple[int, int]:
    """Width and height of the pixels as stored.

    Bytes that are no picture, or one larger than a frame header can state, get 1 x 1: they travel
    all the same and end as a dead letter, so that every captured frame is accounted for.
    """
    image = _opened(jpeg)
    if image is None or not (0 < image.width <= MAX_SIDE and 0 < image.height <= MAX_SIDE):
        return _UNREADABLE
    return image.width, image.height


def is_upright(jpeg: bytes) -> bool:
    """Whether the pixels need no turning; also true for bytes that are no picture."""
    image = _opened(jpeg)
    try:
        return image is None or image.getexif().get(_ORIENTATION, 1) == 1
    except (SyntaxError, OSError, ValueError):
        return True


def _opened(jpeg: bytes) -> JpegImagePlugin.JpegImageFile | None:
    try:
        # The class itself: Image.open would warn of large pictures by limits of its own.
        return JpegImagePlugin.JpegImageFile(io.BytesIO(jpeg))
    except (SyntaxError, OSError, ValueError):
        return None
