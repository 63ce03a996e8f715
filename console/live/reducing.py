"""Makes a picture as small as it is shown: less to send, less to draw."""

import io
import json
import logging
import struct

from PIL import Image, UnidentifiedImageError

from console.live.pictures import LivePicture
from shared.jpegs import stated_size

_log = logging.getLogger(__name__)

WIDTHS = (320, 640, 1280)  # viewers of about one size share one reduced picture
FULL = 0
_QUALITY = 80
_MAX_PIXELS = 50_000_000  # more than any camera has: a few bytes can claim more than there is memory for
_WORTH_IT = 1.3  # times as wide as wanted; else the picture goes as it is


def width_for(asked: int) -> int:
    """The smallest width that suffices; ``FULL`` for the picture as it is."""
    return next((width for width in WIDTHS if width >= asked), FULL)


def message(picture: LivePicture, width: int) -> bytes | None:
    """A picture for the wire: the length of its description in four bytes, the description as JSON, the JPEG.

    ``None`` where the picture cannot be decoded or claims too much, or what is said of it is no JSON.
    """
    jpeg = _reduced(picture.jpeg, width)
    if jpeg is None:
        return None
    said = picture.tracks.model_dump(mode="json") | {"is_tracked": picture.is_tracked}
    try:
        description = json.dumps(said, separators=(",", ":"), allow_nan=False).encode()
    except ValueError as error:  # a box without an end; the page could read nothing of it
        _log.debug("a picture cannot be shown: %s", error)
        return None
    return struct.pack(">I", len(description)) + description + jpeg


def _reduced(jpeg: bytes, width: int) -> bytes | None:
    try:
        width_px, height_px = stated_size(jpeg)
        if width_px * height_px > _MAX_PIXELS:
            return None
        with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as picture:
            if width == FULL or picture.width < _WORTH_IT * width:
                return jpeg
            size = (width, max(1, round(picture.height * width / picture.width)))
            picture.draft("RGB", size)  # the decoder itself reduces by 2, 4 or 8
            shown = io.BytesIO()
            picture.resize(size, Image.Resampling.BILINEAR).save(shown, "JPEG", quality=_QUALITY)
            return shown.getvalue()
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        _log.debug("a picture cannot be shown: %s", error)
        return None
