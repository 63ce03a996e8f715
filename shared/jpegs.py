"""What a JPEG says of itself, read without decoding it."""

import io
import struct

from PIL import JpegImagePlugin


class NoJpeg(ValueError):
    """Bytes that are no JPEG, or one whose header is broken."""


def stated_size(jpeg: bytes) -> tuple[int, int]:
    """Width and height as the header states them: a few bytes cannot claim gigabytes before anybody looks.

    Raises:
        NoJpeg: there is no such header.
    """
    try:
        # The class itself: Image.open would warn of large pictures by limits of its own.
        return JpegImagePlugin.JpegImageFile(io.BytesIO(jpeg)).size
    # Pillow says SyntaxError for "not this format", the others for broken segments.
    except (SyntaxError, OSError, ValueError, IndexError, struct.error) as error:
        raise NoJpeg(f"{len(jpeg)} bytes are not a JPEG: {error}") from error
