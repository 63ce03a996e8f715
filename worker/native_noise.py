"""Keeps what native libraries print at their start out of the logs and off the operator's terminal."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_STDERR = 2


@contextmanager
def silenced() -> Iterator[None]:
    """Send the process's standard error nowhere; LiteRT reports its delegate there and has no switch for it."""
    sys.stderr.flush()
    kept = os.dup(_STDERR)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, _STDERR)
        yield
    finally:
        os.dup2(kept, _STDERR)
        os.close(nowhere)
        os.close(kept)
