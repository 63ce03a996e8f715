"""A store of pictures that is a folder: how files appear in it, and what in it is ours."""

import os
import re
import stat
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

STAGED = ".snapshot-"  # a file that is not whole yet begins with it
CAMERA = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


def day_of_name(name: str) -> date | None:
    """The day that a folder is named after, if it is one."""
    try:
        return date.fromisoformat(name) if len(name) == len("2026-01-01") else None
    except ValueError:
        return None


def day_folders(root: Path) -> Iterator[Path]:
    """Folders of days in folders of cameras; links are not followed."""
    for camera in _folders(root):
        if CAMERA.fullmatch(camera.name):
            yield from (folder for folder in _folders(camera) if day_of_name(folder.name))


def _folders(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return [Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]
    except FileNotFoundError:
        return []


def write_file(root: Path, path: str, jpeg: bytes) -> None:
    """At once and whole, its owner's alone; not the folders above ``root``, which may be a volume that is away."""
    target = root / path
    for folder in (root, target.parent.parent, target.parent):
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.is_symlink() and folder != root:
            raise NotADirectoryError(f"{folder} is a link")
    descriptor, staged = tempfile.mkstemp(prefix=STAGED, dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(jpeg)
        Path(staged).replace(target)
    except BaseException:
        Path(staged).unlink(missing_ok=True)
        raise


def read_file(path: Path, at_most: int) -> bytes | None:
    """A regular file, not what a link or a pipe in its place would give."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return None
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        return file.read(at_most)
