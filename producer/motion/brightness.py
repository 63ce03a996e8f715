"""How bright a picture is beside an earlier one, all of it and place by place, whatever moved in between.

Light and exposure multiply: what is bright changes by more levels than what is dark.
"""

import cv2
import numpy as np

from producer.motion.arrays import Cells, Floats, quantile

_LEAST_GAIN, _MOST_GAIN = 0.3, 3.0  # no exposure steps farther at once
_DARK, _BLOWN_OUT = 16.0, 250.0  # levels between which brightness tells of light
_LEAST_CELLS = 16
# What a window of 13 cells has in common is light, not motion. A median, so that what moves leaves no shadow
# around itself unless it fills half of the window. Of every second cell: seven times cheaper, and light is smooth.
_STRIDE_CELLS, _WINDOW = 2, 7
_STEPS = 400.0  # to 1: the median is taken of bytes, which hold a third less to a third more
_SHADE = 8.0  # levels added to both sides of a ratio, which would be all noise in the dark


def tells_of_light(cells: Floats) -> Cells:
    """Which cells are neither too dark nor too bright to show by how much the light changes."""
    return np.asarray((cells > _DARK) & (cells < _BLOWN_OUT), np.bool_)


def gain_between(earlier: Floats, current: Floats, tells: Cells) -> float:
    """How many times as bright the picture has become: right where half of the cells did not move.

    ``tells`` is what ``tells_of_light`` says of the earlier picture.
    """
    tells = tells & (current < _BLOWN_OUT)
    if np.count_nonzero(tells) < _LEAST_CELLS:
        return 1.0
    return min(max(quantile(current[tells] / earlier[tells], 0.5), _LEAST_GAIN), _MOST_GAIN)


def local_gains(earlier: Floats, current: Floats) -> Floats:
    """The same for the surroundings of every second cell of every second row, from a third less to a third more."""
    every = slice(None, None, _STRIDE_CELLS)
    steps = (current[every, every] + _SHADE) / (earlier[every, every] + _SHADE) * _STEPS + (128.5 - _STEPS)
    common = cv2.medianBlur(np.minimum(np.maximum(steps, 0), 255).astype(np.uint8), _WINDOW)
    return np.asarray(1 + (common.astype(np.float32) - 128) / _STEPS, np.float32)
