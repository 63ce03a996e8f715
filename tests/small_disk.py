"""A real disk of a megabyte or two, to be filled: a tmpfs that root mounts, in a folder of its own."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_FILL = "fill"
_MOUNT, _UNMOUNT = shutil.which("mount"), shutil.which("umount")


class SmallDisk:
    """``root`` is its folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def fill(self, leave: int = 0) -> None:
        """Leave so many bytes, rounded to pages."""
        with (self.root / _FILL).open("ab", buffering=0) as file:
            try:
                while file.write(b"x" * 4_096):
                    pass
            except OSError:
                file.truncate(max(0, file.tell() - leave))

    def make_room(self) -> None:
        """Undo ``fill``."""
        (self.root / _FILL).unlink()


@contextmanager
def a_small_disk(size: str = "1m") -> Iterator[SmallDisk]:
    """Mounted for a while; skips the test where that is not allowed."""
    if os.geteuid() != 0 or _MOUNT is None or _UNMOUNT is None:
        pytest.skip("only root may mount a small disk")
    folder = Path(tempfile.mkdtemp(prefix="mw-disk-", dir="/tmp"))  # a short path: that of a unix socket is limited
    mounted = subprocess.run([_MOUNT, "-t", "tmpfs", "-o", f"size={size}", "none", folder], check=False)
    if mounted.returncode:
        folder.rmdir()
        pytest.skip("a small disk cannot be mounted here")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run([_UNMOUNT, "-l", folder], check=True)
        folder.rmdir()
