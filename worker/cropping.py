"""Cutting squares around faces: what the classifier sees and what people see of a violation."""

import cv2
import numpy as np

from shared.face_crops import FACE_MARGIN, MAX_SIDE_PX, MIN_SIDE_PX, square_around
from shared.messages import Box
from worker.detectors.detector import Picture


def crop_square(picture: Picture, box: Box, margin: float) -> Picture:
    """The square around a face; what lies outside the picture is repeated from its edge."""
    left, top, side = square_around(box, margin)
    inside = picture[max(top, 0) : max(top + side, 0), max(left, 0) : max(left + side, 0)]
    if inside.shape[:2] == (side, side):
        return inside
    return _repeated(picture, left, top, side) if inside.size == 0 else _extended(inside, left, top, side)


def _extended(inside: Picture, left: int, top: int, side: int) -> Picture:
    """A square of which a part lies within the picture."""
    above, before = max(-top, 0), max(-left, 0)
    height, width = inside.shape[:2]
    missing = (above, side - height - above, before, side - width - before)
    return np.asarray(cv2.copyMakeBorder(inside, *missing, cv2.BORDER_REPLICATE), np.uint8)


def _repeated(picture: Picture, left: int, top: int, side: int) -> Picture:
    """A square of which nothing lies within the picture."""
    height, width = picture.shape[:2]
    rows = np.clip(np.arange(top, top + side), 0, height - 1)
    columns = np.clip(np.arange(left, left + side), 0, width - 1)
    return picture[rows[:, None], columns]


def resized(crop: Picture, width: int, height: int) -> Picture:
    """A crop at another size: averaged when it shrinks, so that no pixel is skipped, else interpolated."""
    is_smaller = width < crop.shape[1]
    size = cv2.resize(crop, (width, height), interpolation=cv2.INTER_AREA if is_smaller else cv2.INTER_LINEAR)
    return np.asarray(size, dtype=np.uint8)


def face_jpeg(picture: Picture, box: Box) -> bytes:
    """A small JPEG of a face with some surroundings, for people to look at: 96 to 160 px wide."""
    crop = crop_square(picture, box, FACE_MARGIN)
    side = min(max(crop.shape[0], MIN_SIDE_PX), MAX_SIDE_PX)
    _, encoded = cv2.imencode(".jpg", resized(crop, side, side), [cv2.IMWRITE_JPEG_QUALITY, 85])
    return encoded.tobytes()
