"""What a JPEG says of itself, read without decoding it."""

import io
import struct

from PIL import JpegImagePlugin

# A progressive picture has about ten, some encoders make twenty. Each one is another pass over all pixels, and a few
# bytes are enough for it: without a limit they keep a decoder busy for minutes.
MAX_SCANS = 100
SCAN = b"\xff\xda"  # what begins one; within a scan's own bytes it cannot stand


class NoJpeg(ValueError):
    """Bytes that are no JPEG, or one that no camera gives and nobody should decode."""


def stated_size(jpeg: bytes) -> tuple[int, int]:
    """Width and height as the header states them: a few bytes cannot claim gigabytes before anybody looks.

    Raises:
        NoJpeg: there is no such header, or there are more than ``MAX_SCANS`` scans behind it.
    """
    if jpeg.count(SCAN) > MAX_SCANS:
        raise NoJpeg(f"{len(jpeg)} bytes are a JPEG of more than {MAX_SCANS} scans")
    try:
        # The class itself: Image.open would warn of large pictures by limits of its own.
        return JpegImagePlugin.JpegImageFile(io.BytesIO(jpeg)).size
    # Pillow says SyntaxError for "not this format", the others for broken segments.
    except (SyntaxError, OSError, ValueError, IndexError, struct.error) as error:
        raise NoJpeg(f"{len(jpeg)} bytes are not a JPEG: {error}") from error
