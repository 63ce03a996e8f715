"""What the gate knows of one camera's scene: how it looked when it was last scanned, and what it always does."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from producer.motion.arrays import Cells, Floats
from producer.motion.counting import counting_cells
from producer.motion.differences import Comparison, Scanned
from producer.motion.noise import LearntNoise, noise_of
from producer.motion.regions import CellBox, strong_groups
from producer.motion.sensitivity import Sensitivity
from shared.zones import Zone

# All of the picture is another one, since the light or the camera changed, where more than this share of the
# cells moved, or half of it is so many levels off.
_GLOBAL_SHARE, _GLOBAL_LEVELS = 0.5, 8.0


@dataclass(frozen=True)
class Motion:
    """The cells that moved where it counts, and whether the whole picture changed at once."""

    cells: Cells
    is_global: bool

    @property
    def any(self) -> bool:
        """Whether anything moved where it counts."""
        return bool(self.cells.any())


class Scene:
    """The smoothed pictures of one size.

    ``cells`` are the rows and columns of the grid over it.
    """

    def __init__(self, picture: Floats, zones: Sequence[Zone], sensitivity: Sensitivity) -> None:
        """Begin with a picture that is scanned whole."""
        self._sensitivity = sensitivity
        self._scanned = Scanned(picture)
        rows, columns = self._scanned.cells.shape
        self.cells = (rows, columns)
        self._counts = counting_cells(zones, rows, columns)
        self._learnt = LearntNoise(rows, columns)

    def has_shape_of(self, picture: Floats) -> bool:
        """Whether a picture can be compared with it."""
        return self._scanned.picture.shape == picture.shape

    def compare(self, picture: Floats) -> Comparison:
        """The picture beside how each part looked when it was last scanned."""
        return Comparison(self._scanned, picture)

    def motion(self, comparison: Comparison, passed_s: float) -> Motion:
        """What moved, ``passed_s`` seconds after the comparison before it."""
        moved = self._moved(comparison.levels)
        is_global = comparison.misfit > _GLOBAL_LEVELS or bool(moved.mean() > _GLOBAL_SHARE)
        if not is_global:
            self._learnt.learn(comparison.levels, moved, passed_s)
        return Motion(np.asarray(moved & self._counts, np.bool_), is_global)

    def _moved(self, levels: Floats) -> Cells:
        # No bar is lower than this one, and most pictures of a still scene stay below it.
        if levels.max() < self._sensitivity.least_levels:
            return np.zeros(levels.shape, np.bool_)
        return strong_groups(levels / self._bar(levels), self._sensitivity.least_strength)

    def scan_whole(self, picture: Floats) -> None:
        """All of the picture is sent."""
        self._scanned = Scanned(picture)

    def scan_parts(self, comparison: Comparison, boxes: Sequence[CellBox]) -> None:
        """These parts of the picture are sent; the others stay as they looked before, in the light of now."""
        height, width = comparison.current.shape
        scanned = comparison.expected
        for box in boxes:
            x0, y0, x1, y1 = (round(side) for side in box.scaled(self.cells, width, height))
            scanned[y0:y1, x0:x1] = comparison.current[y0:y1, x0:x1]
        self._scanned = Scanned(scanned)

    def _bar(self, levels: Floats) -> Floats:
        """What each cell's difference has to reach to count as motion."""
        bars = self._sensitivity
        bar = bars.of_noise * noise_of(levels, self._scanned.texture)
        np.maximum(bar, bars.of_learnt * self._learnt.levels, out=bar)
        np.maximum(bar, bars.least_levels, out=bar)
        return bar
