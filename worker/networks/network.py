"""What a network of ours does, whichever library runs it."""

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Inputs = npt.NDArray[Any]

LITERT_MARK = b"TFL3"  # bytes 4 to 8 of every LiteRT file


class Network(Protocol):
    """A network with one input; may be called from several threads at once."""

    def outputs(self, inputs: Inputs) -> list[Floats]:
        """What it makes of a batch (n, height, width, channels) of any size that it takes.

        The outputs are the caller's own; their order is the library's.

        Raises:
            ValueError, RuntimeError: it cannot take such an input.
        """
        ...
