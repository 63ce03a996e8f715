"""From a frames entry to a header and a picture; whatever can never succeed is a ``PoisonEntry``."""

from collections.abc import Mapping

import cv2
import numpy as np
import simplejpeg
from pydantic import ValidationError

from shared.jpegs import NoJpeg, stated_size
from shared.messages import DeadLetterReason, FrameHeader
from shared.streams import HEADER, JPEG
from worker.detectors.detector import Picture

MAX_HEADER_BYTES = 16_384
# A header's width and height speak of the pixels as stored, so an EXIF rotation is not applied.
AS_STORED = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
# By how often the sides are halved. Fewer of a JPEG's waves are then computed, which spares half the time.
_HALVED = (
    AS_STORED,
    cv2.IMREAD_REDUCED_COLOR_2 | cv2.IMREAD_IGNORE_ORIENTATION,
    cv2.IMREAD_REDUCED_COLOR_4 | cv2.IMREAD_IGNORE_ORIENTATION,
)


class PoisonEntry(Exception):
    """An entry that fails on every worker: move it to the dead letters with this reason."""

    def __init__(self, reason: DeadLetterReason, detail: str) -> None:
        """Keep the facts that a dead letter states."""
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


def parse_header(fields: Mapping[bytes, bytes], camera: str) -> FrameHeader:
    """The header of an entry in a camera's stream.

    Raises:
        PoisonEntry: it is missing, too long, does not parse or names another camera.
    """
    raw = fields.get(HEADER, b"")
    if not 0 < len(raw) <= MAX_HEADER_BYTES:
        raise PoisonEntry(DeadLetterReason.HEADER, f"header of {len(raw)} bytes")
    try:
        header = FrameHeader.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "header"
        raise PoisonEntry(DeadLetterReason.HEADER, f"{where}: {first['msg']}") from error
    if header.camera != camera:
        raise PoisonEntry(DeadLetterReason.HEADER, f"names camera {header.camera} in the stream of {camera}")
    return header


def decode_picture(fields: Mapping[bytes, bytes], header: FrameHeader, max_pixels: int) -> Picture:
    """The picture of an entry, of exactly the size that its header states, its sides halved as often as that says.

    The size is read from the JPEG's own header before anything is decoded, so that a few bytes
    cannot claim gigabytes.

    Raises:
        PoisonEntry: no JPEG, a cut one, one of another size, or one of more than ``max_pixels``.
    """
    jpeg = fields.get(JPEG, b"")
    try:
        width, height = stated_size(jpeg)
    except NoJpeg as error:
        raise PoisonEntry(DeadLetterReason.JPEG, str(error)) from error
    if width * height > max_pixels:
        raise PoisonEntry(DeadLetterReason.JPEG, f"{width}x{height} is more than {max_pixels} pixels")
    if (width, height) != (header.width, header.height):
        raise PoisonEntry(DeadLetterReason.JPEG, f"{width}x{height}, not {header.width}x{header.height} as stated")
    picture = _decoded(jpeg, header.halvings)
    shrink = 2**header.halvings
    if picture is None or picture.shape != (-(-height // shrink), -(-width // shrink), 3):
        raise PoisonEntry(DeadLetterReason.JPEG, f"{len(jpeg)} bytes do not decode")
    return picture


def _decoded(jpeg: bytes, halvings: int) -> Picture | None:
    """The same pixels either way: OpenCV takes half as long again, and reads what the other one refuses."""
    if not halvings:
        try:
            return np.asarray(simplejpeg.decode_jpeg(jpeg, "BGR"), np.uint8)
        except ValueError:
            pass  # another colour model, or a fault that OpenCV may put up with
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), _HALVED[halvings])
    return None if picture is None else np.asarray(picture, np.uint8)
