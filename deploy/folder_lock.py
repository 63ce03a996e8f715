"""A folder that belongs to one process at a time."""

import fcntl
from pathlib import Path
from typing import TextIO


class FolderHeld(Exception):
    """Another process has it."""


def take(root: Path, *inside: Path) -> TextIO:
    """Make a folder and what is to be in it, for its owner alone, and hold it until what is given back is closed.

    The kernel frees it however the process ends.

    Raises:
        FolderHeld: somebody else has it.
        OSError: it cannot be made or written.
    """
    for folder in (root, *inside):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = (root / "lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise FolderHeld from None
    return lock
