"""What a camera's picture does although nothing moves: by how much cells differ anyway."""

import math

import numpy as np
import numpy.typing as npt

from producer.motion.arrays import Cells, Floats, quantile

_QUIET_SHARE = 0.4  # so many of the cells are taken to be unmoved
_MOST_NOISE = 4.0  # levels: beyond, it is no noise of any camera worth its pictures
# Textured places differ more: a camera shakes on its pole, codecs blur edges and sharpen them again. How
# far the picture seems shifted, in pixels of the reduced one, is read from so many of the textured cells.
_STEADY_SHARE = 0.2
_LEAST_TEXTURE = 2.0
_MOST_SHIFT_PX = 0.1
# Quiet differences are learnt at once and forgotten slowly. Motion is learnt only where it begins again and
# again (leaves, screens, clocks) or never ends (water): people who walk through a place, many of them too,
# begin to move there less often than once in two seconds.
_QUIET_S, _FORGETTING_S = 4.0, 25.0
_WATCHED_S = 8.0
_RESTLESS_ONSETS_HZ, _RESTLESS_SHARE = 0.5, 0.8
_OF_MOTION, _OF_LESS_MOTION = 0.3, 0.08  # each time: so the stronger part of what the place does is learnt


class Texture:
    """How much there is to be seen in each cell, in levels from one pixel to the next."""

    def __init__(self, levels: Floats) -> None:
        """Find the textured cells."""
        self.levels = levels
        self.is_high = levels > max(_LEAST_TEXTURE, quantile(levels, 0.5))
        self.high = levels[self.is_high]


def noise_of(levels: Floats, texture: Texture) -> Floats:
    """How much each cell would differ for noise alone, read from the picture's quiet cells."""
    flat = min(quantile(levels, _QUIET_SHARE), _MOST_NOISE)
    if not texture.high.size:
        return np.full_like(levels, flat)
    shifts = np.maximum(levels[texture.is_high] - flat, 0) / texture.high
    shift_px = min(quantile(shifts, _STEADY_SHARE), _MOST_SHIFT_PX)
    return np.asarray(flat + np.float32(shift_px) * texture.levels, np.float32)


class LearntNoise:
    """What each cell is used to, learnt from one picture to the next."""

    def __init__(self, rows: int, columns: int) -> None:
        """Nothing is known yet."""
        self.levels: Floats = np.zeros((rows, columns), np.float32)
        # Of cells one after the other: how often each begins to move, and for which share of the time it does.
        self._onsets_hz: Floats = np.zeros(rows * columns, np.float32)
        self._share: Floats = np.zeros(rows * columns, np.float32)
        self._moved: Cells = np.zeros(rows * columns, np.bool_)

    def learn(self, levels: Floats, moved: Cells, passed_s: float) -> None:
        """Get used to a picture's differences, ``passed_s`` seconds after the one before."""
        more = levels - self.levels
        weights = _either(more > 0, _weight(passed_s, _QUIET_S), _weight(passed_s, _FORGETTING_S))
        places = self._watch(moved, passed_s)
        if places.size:
            is_restless = (self._onsets_hz[places] > _RESTLESS_ONSETS_HZ) | (self._share[places] > _RESTLESS_SHARE)
            of_motion = _either(more.ravel()[places] > 0, _OF_MOTION, _OF_LESS_MOTION)
            weights.ravel()[places] = of_motion * is_restless
        self.levels += weights * more

    def _watch(self, moved: Cells, passed_s: float) -> npt.NDArray[np.intp]:
        """Keep account of where and how often it moves; the numbers of the cells that do now, mostly few or none."""
        weight = _weight(passed_s, _WATCHED_S)
        self._onsets_hz *= np.float32(1 - weight)
        self._share *= np.float32(1 - weight)
        before, self._moved = self._moved, moved.ravel()
        places = np.flatnonzero(self._moved)
        if places.size:
            self._onsets_hz[places[~before[places]]] += np.float32(weight / max(passed_s, 1e-3))
            self._share[places] += np.float32(weight)
        return places


def _either(which: Cells, yes: float, no: float) -> Floats:
    """One value where it is so, the other elsewhere."""
    return np.asarray(np.where(which, np.float32(yes), np.float32(no)), np.float32)


def _weight(passed_s: float, time_s: float) -> float:
    """The share that the newest value has in an average over about ``time_s`` seconds."""
    return 1 - math.exp(-passed_s / time_s)
