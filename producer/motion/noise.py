"""What a camera's picture does although nothing moves: by how much cells differ anyway."""

import math

import numpy as np

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


def noise_of(levels: Floats, texture: Floats) -> Floats:
    """How much each cell would differ for noise alone, read from the picture's quiet cells."""
    flat = min(quantile(levels, _QUIET_SHARE), _MOST_NOISE)
    is_textured = texture > max(_LEAST_TEXTURE, quantile(texture, 0.5))
    if not is_textured.any():
        return np.full_like(levels, flat)
    shifts = np.maximum(levels[is_textured] - flat, 0) / texture[is_textured]
    shift_px = min(quantile(shifts, _STEADY_SHARE), _MOST_SHIFT_PX)
    return np.asarray(flat + np.float32(shift_px) * texture, np.float32)


class LearntNoise:
    """What each cell is used to, learnt from one picture to the next."""

    def __init__(self, rows: int, columns: int) -> None:
        """Nothing is known yet."""
        self.levels: Floats = np.zeros((rows, columns), np.float32)
        self._moved: Cells = np.zeros((rows, columns), np.bool_)
        self._onsets_hz: Floats = np.zeros((rows, columns), np.float32)
        self._share: Floats = np.zeros((rows, columns), np.float32)  # of the time in which it moves

    def learn(self, levels: Floats, moved: Cells, passed_s: float) -> None:
        """Get used to a picture's differences, ``passed_s`` seconds after the one before."""
        is_restless = self._is_restless(moved, passed_s)
        is_more = levels > self.levels
        quiet = np.where(is_more, _weight(passed_s, _QUIET_S), _weight(passed_s, _FORGETTING_S))
        weights = np.where(moved, is_restless * np.where(is_more, _OF_MOTION, _OF_LESS_MOTION), quiet)
        self.levels += (weights * (levels - self.levels)).astype(np.float32)

    def _is_restless(self, moved: Cells, passed_s: float) -> Cells:
        weight = np.float32(_weight(passed_s, _WATCHED_S))
        onsets = moved & ~self._moved
        self._onsets_hz += weight * (onsets / np.float32(max(passed_s, 1e-3)) - self._onsets_hz)
        self._share += weight * (moved - self._share)
        self._moved = moved
        return np.asarray((self._onsets_hz > _RESTLESS_ONSETS_HZ) | (self._share > _RESTLESS_SHARE), np.bool_)


def _weight(passed_s: float, time_s: float) -> float:
    """The share that the newest value has in an average over about ``time_s`` seconds."""
    return 1 - math.exp(-passed_s / time_s)
