"""Whether a series grows: the slope by least squares behind a warm-up, with its standard error."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

WARM_UP = 0.2  # of the run: libraries load, pools and caches fill


@dataclass(frozen=True)
class Slope:
    """By how much a figure rises a unit, and the error of that; memory comes in steps, so the error is too small."""

    value: float
    standard_error: float

    @property
    def at_least(self) -> float:
        """Without twice its error."""
        return self.value - 2 * self.standard_error


def behind_warm_up(samples: Sequence[float]) -> Sequence[float]:
    """The samples that count."""
    return samples[round(WARM_UP * len(samples)) :]


def slope_of(units: Sequence[float], figures: Sequence[float]) -> Slope:
    """The slope of what is behind the warm-up; at least four samples are needed there."""
    (slope, _), covariance = np.polyfit(behind_warm_up(units), behind_warm_up(figures), 1, cov=True)
    return Slope(float(slope), float(np.sqrt(covariance[0, 0])))


def rise_of(figures: Sequence[float]) -> float:
    """The median of the last quarter behind the warm-up less that of the first."""
    kept = behind_warm_up(figures)
    part = max(1, len(kept) // 4)
    return float(np.median(kept[-part:]) - np.median(kept[:part]))
