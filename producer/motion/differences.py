"""How much each small square of a picture, a cell, differs from how it should look if nothing had moved."""

import cv2
import numpy as np

from producer.motion.arrays import Floats, quantile
from producer.motion.brightness import gain_between, local_gains
from producer.sources.base import Luma

CELL_PX = 4  # of the reduced picture: 16 px of a picture 1280 px wide
_BLOWN_OUT = 252.0
_AROUND = np.ones((3, 3), np.uint8)


def smoothed(luma: Luma) -> Floats:
    """A picture with much of its noise averaged away."""
    return np.asarray(cv2.blur(luma.astype(np.float32), (3, 3)), np.float32)


def in_cells(picture: Floats) -> Floats:
    """The mean of each cell; cells are stretched a little to fill the picture."""
    height, width = picture.shape
    columns, rows = max(1, round(width / CELL_PX)), max(1, round(height / CELL_PX))
    return np.asarray(cv2.resize(picture, (columns, rows), interpolation=cv2.INTER_AREA), np.float32)


def texture(picture: Floats) -> Floats:
    """By how many levels the brightness changes from one pixel to the next, the mean of each cell."""
    steps = cv2.morphologyEx(picture, cv2.MORPH_GRADIENT, _AROUND)
    return in_cells(np.asarray(steps, np.float32) / np.float32(2))


class Comparison:
    """A smoothed picture beside an earlier one of the same size.

    ``expected`` is the earlier picture in the light of now, ``misfit`` by how many levels of brightness half
    of the current one differs from it. ``levels`` is by how many each cell does, the mean over its pixels,
    when the light of its surroundings is allowed for as well.
    """

    def __init__(self, earlier: Floats, current: Floats) -> None:
        """Compare."""
        self.current = current
        cells, cells_now = in_cells(earlier), in_cells(current)
        gain = gain_between(cells, cells_now)
        self.misfit = quantile(np.abs(cells_now - np.float32(gain) * cells), 0.5)
        self.expected = np.asarray(np.minimum(earlier * np.float32(gain), 255), np.float32)
        if gain < 1:
            # What was blown out was brighter than it could be shown: it may turn out to be, in less light.
            blown_out = cv2.dilate(earlier, _AROUND) >= _BLOWN_OUT
            np.maximum(self.expected, current, out=self.expected, where=blown_out)
        height, width = current.shape
        light = cv2.resize(local_gains(in_cells(self.expected), cells_now), (width, height))
        self.levels = in_cells(np.abs(current - np.minimum(self.expected * light, 255)))
