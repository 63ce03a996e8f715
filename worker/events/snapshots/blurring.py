"""Makes faces unrecognisable: those of everybody but the violator."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from shared.face_crops import FACE_MARGIN, square_around
from shared.messages import Box

Picture = NDArray[np.uint8]  # (height, width, 3), BGR

_MARGIN = 0.35  # of a face's size on each side: hair, ears and chin go too
_CELLS = 5  # what is left of a face, across
_QUALITY = 88


def without_other_faces(jpeg: bytes, face: Box, others: Sequence[Box]) -> bytes:
    """The JPEG with the other faces blurred, boxes in its pixels; as it is where there is none.

    Where another face overlaps the violator's, it is blurred all the same; only its margin spares him.

    Raises:
        ValueError: the bytes cannot be decoded.
    """
    if not others:
        return jpeg
    decoded = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if decoded is None:
        raise ValueError("the picture cannot be decoded")
    picture = np.asarray(decoded, np.uint8)
    whole, spared = picture.copy(), np.zeros(picture.shape[:2], bool)
    _mark(spared, face)
    for other in others:
        _blur(picture, _widened(other))
    is_other = np.zeros(picture.shape[:2], bool)
    for other in others:
        _mark(is_other, other)
    back = spared & ~is_other
    picture[back] = whole[back]
    return bytes(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1])


def in_crop(boxes: Sequence[Box], face: Box, crop_side_px: int) -> list[Box]:
    """Boxes of the frame in the violator's square crop of that many pixels; those that reach into it alone."""
    left, top, side = square_around(face, FACE_MARGIN)
    scale = crop_side_px / side
    moved = [Box(*((v - o) * scale for v, o in zip(box, (left, top, left, top), strict=True))) for box in boxes]
    return [box for box in moved if _inside(_widened(box), crop_side_px, crop_side_px) is not None]


def _widened(box: Box) -> Box:
    x, y = _MARGIN * box.width, _MARGIN * box.height
    return Box(box.x0 - x, box.y0 - y, box.x1 + x, box.y1 + y)


def _inside(box: Box, width: int, height: int) -> tuple[int, int, int, int] | None:
    x0, y0 = max(0, int(box.x0)), max(0, int(box.y0))
    x1, y1 = min(width, int(np.ceil(box.x1))), min(height, int(np.ceil(box.y1)))
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None


def _mark(mask: NDArray[np.bool_], box: Box) -> None:
    if (inside := _inside(box, mask.shape[1], mask.shape[0])) is not None:
        x0, y0, x1, y1 = inside
        mask[y0:y1, x0:x1] = True


def _blur(picture: Picture, box: Box) -> None:
    """Averages over a few cells, smoothly put together: nothing finer is left to sharpen."""
    if (inside := _inside(box, picture.shape[1], picture.shape[0])) is None:
        return
    x0, y0, x1, y1 = inside
    part = picture[y0:y1, x0:x1]
    cells = (min(_CELLS, x1 - x0), min(_CELLS, y1 - y0))
    few = cv2.resize(part, cells, interpolation=cv2.INTER_AREA)
    picture[y0:y1, x0:x1] = cv2.resize(few, (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR)
