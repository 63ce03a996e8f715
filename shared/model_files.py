"""A version's files on this machine: their checksums, and writing so that a reader sees all or nothing."""

import errno
import fcntl
import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from shared.model_manifest import ModelError, Refusal

MAX_FILE_BYTES = 64_000_000  # of one file of a version: a classifier has about ten


def sha256_of(content: bytes) -> str:
    """The checksum as manifests state it."""
    return hashlib.sha256(content).hexdigest()


def digests(folder: Path) -> dict[str, str]:
    """The checksum of each file of a folder, by its path there."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256_of(path.read_bytes()) for path in files}


def check_files(folder: Path, version: int, files: Mapping[str, str]) -> None:
    """See that the files of a version are there and have their checksums.

    Raises:
        ModelError: names the first that is missing, too large or differs.
    """
    for name, expected in files.items():
        path = folder / name
        try:
            content = _read_bounded(path, version)
            _check_inside(path, folder, version)
        except OSError as error:
            raise ModelError(f"model version {version}: {path}: {error.strerror}") from error
        if sha256_of(content) != expected:
            raise corrupt(version, str(path))


def corrupt(version: int, where: str) -> ModelError:
    """The error of a file whose content is not what the manifest states."""
    return ModelError(f"model version {version} is corrupt: {where} does not have its checksum", Refusal.CHECKSUM)


def too_large(version: int, where: str, limit: int) -> ModelError:
    """The error of a file, or of all of a version's, that are larger than any sound ones."""
    return ModelError(f"model version {version}: {where} is larger than {limit} bytes", Refusal.CHECKSUM)


def _check_inside(path: Path, folder: Path, version: int) -> None:
    # A link within the version is fine: that is how some stores bring files to a machine.
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ModelError(f"model version {version}: {path} leads out of its version")


def _read_bounded(path: Path, version: int) -> bytes:
    try:
        content = read_file(path, MAX_FILE_BYTES + 1)
    except IsNoFile:
        raise ModelError(f"model version {version}: {path} is no file") from None
    if len(content) > MAX_FILE_BYTES:
        raise too_large(version, str(path), MAX_FILE_BYTES)
    return content


class IsNoFile(OSError):
    """A folder, a pipe or a device where a file should be."""


def read_file(path: Path, at_most: int) -> bytes:
    """The first bytes of a regular file; nothing else is waited for or read without end.

    Raises:
        IsNoFile, OSError: it is none, or cannot be read.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise IsNoFile(errno.EINVAL, "it is no file", str(path))
        return file.read(at_most)


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old or the new one; the caller holds a lock against other writers."""
    staged = path.with_name(f".{path.name}.staged")
    staged.write_bytes(content)
    sync(staged)
    staged.replace(path)
    sync(path.parent)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait for a lock that the kernel gives back however its holder ends; its file stays."""
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def sync_tree(folder: Path) -> None:
    """Put a folder and all below it on disk."""
    for path in [*folder.rglob("*"), folder]:
        sync(path)


def sync(path: Path) -> None:
    """Put a file's or folder's content on disk, so that a rename never shows an empty one after a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
