"""How far a figure on some photographs may lie from the truth."""

from collections.abc import Callable
from math import hypot, sqrt

import numpy as np
from numpy.typing import NDArray

from worker.evaluation.record import Interval

Z_95 = 1.959964
RESAMPLES = 2_000
SEED = 1

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]
Figure = Callable[[Floats], Floats]  # counts (n, columns) -> (n,); NaN where there is none


def wilson(part: int, whole: int) -> Interval:
    """Wilson's 95% interval of a share; 0 to 1 where nothing was counted."""
    if not whole:
        return Interval(low=0.0, high=1.0)
    seen, spread = part / whole, Z_95**2 / whole
    centre = seen + spread / 2
    half = Z_95 * sqrt(seen * (1 - seen) / whole + spread / (4 * whole))
    low, high = (centre - half) / (1 + spread), (centre + half) / (1 + spread)
    return Interval(low=round(max(low, 0.0), 4), high=round(min(high, 1.0), 4))


def apart(one: tuple[int, int], other: tuple[int, int]) -> Interval:
    """Newcombe's 95% interval of one share less another, each as (part, whole) with something counted.

    Unlike drawing again and again, it does not claim to be certain where all or none were found.
    """
    (first, second), (around_first, around_second) = (
        (one[0] / one[1], other[0] / other[1]),
        (wilson(*one), wilson(*other)),
    )
    below = hypot(first - around_first.low, around_second.high - second)
    above = hypot(around_first.high - first, second - around_second.low)
    return Interval(low=round(first - second - below, 4), high=round(first - second + above, 4))


def resampled(counts: Counts, figure: Figure) -> Interval | None:
    """The 95% interval of a figure of summed counts, by drawing photographs (the rows) again and again.

    Faces of one photograph resemble each other, so photographs are drawn, not faces. The same
    counts give the same interval. ``None`` where the figure does not exist.
    """
    if not len(counts) or np.isnan(figure(counts.sum(axis=0, keepdims=True).astype(float))).any():
        return None
    random = np.random.default_rng(SEED)
    drawn = [counts[random.integers(0, len(counts), len(counts))].sum(axis=0) for _ in range(RESAMPLES)]
    low, high = np.nanpercentile(figure(np.asarray(drawn, float)), [2.5, 97.5])
    return Interval(low=round(float(low), 4), high=round(float(high), 4))


def ratio(part: Floats, whole: Floats) -> Floats:
    """A part of a whole, element by element; NaN where there is none."""
    return np.asarray(np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0), np.float64)
