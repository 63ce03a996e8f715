"""Gives memory that is free but kept back to the system."""

import ctypes
import functools
from collections.abc import Callable


def give_back() -> None:
    """Do so, where the C library can.

    A connection leaves holes of pictures' size in its threads' heaps; the next one, with other sizes in
    another order, does not fit into them. Without this, memory rises with each camera that comes and goes.
    """
    _trim()(0)


@functools.cache
def _trim() -> Callable[[int], object]:
    # Only glibc has it, and only glibc needs it.
    trim: Callable[[int], object] = getattr(ctypes.CDLL(None), "malloc_trim", lambda _: 0)
    return trim
