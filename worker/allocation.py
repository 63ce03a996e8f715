"""How this process's memory is managed: by default pictures are given back after each batch and asked for again."""

import ctypes
import gc

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # of glibc's mallopt
_PICTURE_BYTES = 32 * 2**20  # larger pieces are given back at once; this is the most that can be set
_KEPT_BYTES = 64 * 2**20


def keep_pictures_memory() -> None:
    """Keep what a batch of pictures took for the next one: its pages need not be made again, a fifth of decoding."""
    # Other C libraries have no such call, and lose the fifth.
    set_option = getattr(ctypes.CDLL(None), "mallopt", lambda _option, _value: 0)
    set_option(_M_MMAP_THRESHOLD, _PICTURE_BYTES)
    set_option(_M_TRIM_THRESHOLD, _KEPT_BYTES)


def settle() -> None:
    """Take what was loaded for good out of the garbage collector's rounds, and give back what loading needed.

    To be called again behind each further load: what it leaves is else held on to.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", lambda _: 0)
    trim(0)
