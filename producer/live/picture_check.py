"""Which pictures are no pictures: cut JPEGs, and the green or grey that decoders paint where data were missing."""

import cv2
import numpy as np

from producer.sources.base import Luma, Picture, Pixels
from shared.cameras import PictureFault

_START, _END = b"\xff\xd8", b"\xff\xd9"
_PADDING = b"\x00\r\n "
_LEAST_FLAT = 0.2  # share of the picture that has to be of one brightness before its colour is looked at
_TOLERANCE = 2  # levels around it
_SCENE_AFTER_S = 5.0  # what stays grey or green for longer is how the scene looks


class PictureCheck:
    """Watches one camera's pictures."""

    def __init__(self) -> None:
        """Nothing has been seen yet: the first picture shows how the scene looks."""
        self._has_begun = False
        self._usual_level: int | None = None  # of the scene's own flat parts
        self._smeared_since: float | None = None

    def fault_of(self, picture: Picture, luma: Luma | None, now: float) -> PictureFault | None:
        """What makes the picture unusable, if anything; ``luma`` is it reduced, ``None`` where it has no pixels."""
        if luma is None or (picture.jpeg is not None and not is_whole(picture.jpeg)):
            return PictureFault.CUT
        if picture.is_damaged or self._is_smeared(picture, luma, now):
            return PictureFault.SMEARED
        return None

    def _is_smeared(self, picture: Picture, luma: Luma, now: float) -> bool:
        level = _flat_level(luma)
        if not self._is_news(level) or level is None or not _is_filling(_colour_at(picture, luma, level)):
            return self._accept(level)
        self._smeared_since = now if self._smeared_since is None else self._smeared_since
        return now - self._smeared_since <= _SCENE_AFTER_S or self._accept(level)

    def _is_news(self, level: int | None) -> bool:
        if not self._has_begun or level is None:
            return False
        return self._usual_level is None or abs(level - self._usual_level) > _TOLERANCE

    def _accept(self, level: int | None) -> bool:
        self._has_begun, self._usual_level, self._smeared_since = True, level, None
        return False


def is_whole(jpeg: bytes) -> bool:
    """Whether bytes begin and end as a JPEG does."""
    return jpeg.startswith(_START) and jpeg.rstrip(_PADDING).endswith(_END)


def _flat_level(luma: Luma) -> int | None:
    """The brightness that a large part of the picture has, where there is one."""
    counts = cv2.calcHist([luma], [0], None, [256], (0, 256))
    window = (1, 2 * _TOLERANCE + 1)
    around = cv2.boxFilter(counts, -1, window, normalize=False, borderType=cv2.BORDER_CONSTANT)
    level = int(np.argmax(around))
    return level if around[level, 0] >= _LEAST_FLAT * luma.size else None


def _colour_at(picture: Picture, luma: Luma, level: int) -> tuple[float, float, float]:
    """The mean blue, green and red where the picture has that brightness."""
    small = cv2.resize(_pixels(picture), (luma.shape[1], luma.shape[0]), interpolation=cv2.INTER_AREA)
    is_there = np.abs(luma.astype(np.int16) - level) <= _TOLERANCE
    blue, green, red = small[is_there].mean(axis=0)
    return float(blue), float(green), float(red)


def _pixels(picture: Picture) -> Pixels:
    if picture.pixels is not None:
        return picture.pixels()
    decoded = cv2.imdecode(np.frombuffer(picture.jpeg or b"", np.uint8), cv2.IMREAD_REDUCED_COLOR_4)
    if decoded is None:
        raise ValueError("a picture with brightness has colours")
    return decoded.astype(np.uint8, copy=False)


def _is_filling(colour: tuple[float, float, float]) -> bool:
    """Whether it is the mid-grey of missing JPEG data or the green of missing video data."""
    blue, green, red = colour
    is_grey = all(abs(each - 128) <= 4 for each in colour)
    return is_grey or (green > 60 and blue < 0.35 * green and red < 0.35 * green)
