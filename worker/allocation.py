"""How this process's memory is managed: by default pictures are given back after each batch and asked for again."""

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # of glibc's mallopt
_PICTURE_BYTES = 32 * 2**20  # larger pieces are given back at once; this is the most that can be set
_WEIGHTS_BYTES = 128 * 2**10
_KEPT_BYTES = 64 * 2**20


def keep_pictures_memory() -> None:
    """Keep what a batch of pictures took for the next one: its pages need not be made again, a fifth of decoding.

    To be called before there are threads.
    """
    _set(_M_MMAP_THRESHOLD, _PICTURE_BYTES)
    _set(_M_TRIM_THRESHOLD, _KEPT_BYTES)
    # Else each thread that loads a network or helps with it has a heap of its own, full of holes that no other fills.
    _set(_M_ARENA_MAX, 1)


@contextmanager
def loading() -> Iterator[None]:
    """Keep a network's weights apart from pictures meanwhile, so that they can be given back whole."""
    _set(_M_MMAP_THRESHOLD, _WEIGHTS_BYTES)
    try:
        yield
    finally:
        _set(_M_MMAP_THRESHOLD, _PICTURE_BYTES)


def _set(option: int, value: int) -> None:
    # Other C libraries have no such call: they lose the fifth, and give back what they can.
    getattr(ctypes.CDLL(None), "mallopt", lambda _option, _value: 0)(option, value)


def settle() -> None:
    """Take what was loaded for good out of the garbage collector's rounds, and give back what loading needed.

    To be called again behind each further load: what it leaves is else held on to.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", lambda _: 0)
    trim(0)
