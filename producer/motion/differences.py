"""How much each small square of a picture, a cell, differs from how it should look if nothing had moved."""

import cv2
import numpy as np
import numpy.typing as npt

from producer.motion.arrays import Floats, quantile
from producer.motion.brightness import gain_between, local_gains, tells_of_light
from producer.motion.noise import Texture
from producer.sources.base import Luma

CELL_PX = 4  # of the reduced picture: 16 px of a picture 1280 px wide
_BLOWN_OUT = 252.0
_AROUND = np.ones((3, 3), np.uint8)


def smoothed(luma: Luma) -> Floats:
    """A picture with much of its noise averaged away."""
    return np.asarray(cv2.boxFilter(luma, cv2.CV_32F, (3, 3)), np.float32)


def in_cells(picture: Floats) -> Floats:
    """The mean of each cell; cells are stretched a little to fill the picture."""
    height, width = picture.shape
    if height % CELL_PX == 0 == width % CELL_PX:
        # OpenCV halves several times as fast as it divides by any other number.
        return _shrunk(_shrunk(picture, width // 2, height // 2), width // 4, height // 4)
    return _shrunk(picture, max(1, round(width / CELL_PX)), max(1, round(height / CELL_PX)))


def _shrunk(picture: Floats, width: int, height: int) -> Floats:
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), np.float32)


class Scanned:
    """A smoothed picture that later ones are compared with, and what is asked of it for each of them."""

    def __init__(self, picture: Floats) -> None:
        """Keep it; it must not change any more."""
        self.picture = picture
        self.cells = in_cells(picture)
        self.tells_of_light = tells_of_light(self.cells)
        # Kept by hand: `functools.cached_property` lets one camera of all compute at a time before Python 3.12.
        self._texture: Texture | None = None
        self._blown_out: npt.NDArray[np.uint8] | None = None
        self._has_blown_out: bool | None = None

    @property
    def texture(self) -> Texture:
        """By how many levels the brightness changes from one pixel to the next, the mean of each cell."""
        if self._texture is None:
            self._texture = self._find_texture()
        return self._texture

    @property
    def blown_out(self) -> npt.NDArray[np.uint8] | None:
        """Where it is as bright as can be shown, or a neighbour is, 1, else 0; ``None`` where that is nowhere."""
        if self._has_blown_out is None:
            self._has_blown_out = bool(self.picture.max() >= _BLOWN_OUT)
            if self._has_blown_out:
                self._blown_out = np.asarray(cv2.dilate((self.picture >= _BLOWN_OUT).view(np.uint8), _AROUND), np.uint8)
        return self._blown_out

    def _find_texture(self) -> Texture:
        # As MORPH_GRADIENT does, which subtracts many times slower; of bytes, which takes a fifth of what floats do.
        levels = cv2.convertScaleAbs(self.picture)
        steps = cv2.subtract(cv2.dilate(levels, _AROUND), cv2.erode(levels, _AROUND))
        return Texture(in_cells(np.asarray(steps, np.float32)) / np.float32(2))


class Comparison:
    """A smoothed picture beside an earlier one of the same size.

    ``misfit`` is by how many levels of brightness half of the current one differs from the earlier one in the
    light of now. ``levels`` is by how many each cell does, the mean over its pixels, when the light of its
    surroundings is allowed for as well.
    """

    def __init__(self, earlier: Scanned, current: Floats) -> None:
        """Compare."""
        self.current = current
        self._earlier = earlier
        cells_now = in_cells(current)
        self._gain = np.float32(gain_between(earlier.cells, cells_now, earlier.tells_of_light))
        cells_lit = np.minimum(self._gain * earlier.cells, np.float32(255))
        self.misfit = quantile(np.abs(cells_now - cells_lit), 0.5)
        lit = self._lit(cells_lit, cells_now)
        self.levels = in_cells(np.asarray(cv2.absdiff(current, lit, dst=lit), np.float32))

    @property
    def expected(self) -> Floats:
        """The earlier picture as it should look now, a new array."""
        expected = np.multiply(self._earlier.picture, self._gain)
        cv2.threshold(expected, 255, 0, cv2.THRESH_TRUNC, dst=expected)
        if (blown_out := self._blown_out) is not None:
            cv2.copyTo(cv2.max(expected, self.current), blown_out, expected)
        return np.asarray(expected, np.float32)

    @property
    def _blown_out(self) -> npt.NDArray[np.uint8] | None:
        # What was blown out was brighter than it could be shown: it may turn out to be, in less light.
        return self._earlier.blown_out if self._gain < 1 else None

    def _lit(self, cells_lit: Floats, cells_now: Floats) -> Floats:
        """The earlier picture in the light that each place has now."""
        picture, gain = self._earlier.picture, self._gain
        if self._blown_out is not None:
            picture, gain = self.expected, np.float32(1)
            cells_lit = in_cells(picture)
        height, width = picture.shape
        # From here on in one array: memory that is new or has left the cache costs more than computing in it.
        lit = cv2.resize(gain * local_gains(cells_lit, cells_now), (width, height))
        cv2.multiply(lit, picture, dst=lit)
        cv2.threshold(lit, 255, 0, cv2.THRESH_TRUNC, dst=lit)
        return np.asarray(lit, np.float32)
