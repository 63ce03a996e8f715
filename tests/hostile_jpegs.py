"""JPEGs as no camera gives them: real ones that were changed, and what stands in the place of one."""

import io
import struct

from PIL import Image

WIDTH, HEIGHT = 64, 48
_START_OF_SCAN = b"\xff\xda"
_END = b"\xff\xd9"


def written(picture: Image.Image | None = None, format_: str = "JPEG", **options: object) -> bytes:
    """A picture's file, of ``WIDTH`` x ``HEIGHT`` unless one is given."""
    file = io.BytesIO()
    (picture or Image.linear_gradient("L").resize((WIDTH, HEIGHT)).convert("RGB")).save(file, format_, **options)
    return file.getvalue()


def claiming(width: int, height: int, jpeg: bytes | None = None) -> bytes:
    """A JPEG whose header states another size."""
    honest = jpeg or written()
    at = honest.index(b"\xff\xc0") + 5
    return honest[:at] + struct.pack(">HH", height, width) + honest[at + 4 :]


def with_bits(bits: int) -> bytes:
    """A JPEG whose header states so many bits a sample, where all decoders here know 8."""
    honest = written()
    at = honest.index(b"\xff\xc0") + 4
    return honest[:at] + bytes([bits]) + honest[at + 1 :]


def with_scans(scans: int) -> bytes:
    """A progressive JPEG whose last scan is repeated until there are so many: a dozen bytes each."""
    honest = written(progressive=True)
    last = honest[honest.rindex(_START_OF_SCAN) : -len(_END)]
    return honest[: -len(_END)] + last * (scans - honest.count(_START_OF_SCAN)) + _END


def with_comments(count: int) -> bytes:
    """A JPEG with so many comments before its picture, of 64 KB each."""
    honest = written()
    return honest[:2] + (b"\xff\xfe\xff\xff" + b"c" * 65_533) * count + honest[2:]
