"""The arrays that the gate computes with."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]  # levels of brightness, of pixels or cells, rows first
Cells = npt.NDArray[np.bool_]  # which cells of a grid, rows first


def quantile(values: Floats, share: float) -> float:
    """The value that ``share`` of the values, 0 to 1, lie below; numpy's own takes many times as long."""
    place = min(int(values.size * share), values.size - 1)
    return float(np.partition(values, place, axis=None)[place])
