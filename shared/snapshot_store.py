"""The store of pictures of violations: a folder, or an fsspec URL that several machines share.

``<store>/<camera>/<YYYY-MM-DD>/<violation id>.face.jpg`` is the violator's face, ``.frame.jpg`` beside it the whole
picture; the day is that on which the violation opened, in UTC. Each appears at once and whole. Whatever else lies
in the store is nobody's business here: it is neither read nor removed.
"""

import contextlib
import os
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from shared.messages import Violation
from shared.model_place import is_remote, local_path
from shared.redaction import redact
from shared.remote_place import s3_options
from shared.snapshot_folder import CAMERA, STAGED, day_folders, day_of_name, read_file, write_file

MAX_PICTURE_BYTES = 20_000_000
_HALF_S = 86_400.0  # what is still half after so long will never be whole
_NAME = re.compile(
    r"(?P<id>[a-z0-9][a-z0-9_-]{0,62}-\d{1,20}-\d{1,20}-\d{1,10}(\.\d{1,9})?)\.(?P<kind>face|frame)\.jpg"
)


class StoreUnreachable(Exception):
    """The store does not answer, or does not take or give what is asked; the message names it."""


class Kind(StrEnum):
    """What a picture shows."""

    FACE = "face"  # the violator's, with some surroundings
    FRAME = "frame"  # all that the camera saw


@dataclass(frozen=True)
class StoredPicture:
    """A picture in the store: its path there, its day, the violation's id, its size in bytes."""

    path: str
    day: date
    violation: str
    bytes: int


class SnapshotStore:
    """One store; all methods raise ``StoreUnreachable`` where it cannot be used."""

    def __init__(self, place: str) -> None:
        """``place`` is a folder or an fsspec URL; nothing is asked before the first use."""
        self._place = place
        self.where = redact(place)

    def write(self, camera: str, opened_at: datetime, violation_id: str, kind: Kind, jpeg: bytes) -> None:
        """Keep a picture, in the place of one before.

        Raises:
            ValueError: it is no id of a violation.
            StoreUnreachable: see there.
        """
        path = _path(camera, opened_at, violation_id, kind)
        with self._answering():
            if self._folder is None:
                files, root = self._remote
                files.pipe_file(f"{root}/{path}", jpeg)
            else:
                write_file(self._folder, path, jpeg)

    def read(self, violation: Violation, kind: Kind) -> bytes | None:
        """A picture of a violation; ``None`` where there is none."""
        try:
            path = _path(violation.camera, violation.opened_at, violation.id, kind)
        except ValueError:
            return None
        with self._answering():
            if self._folder is None:
                files, root = self._remote
                try:
                    return bytes(files.cat_file(f"{root}/{path}", start=0, end=MAX_PICTURE_BYTES))
                except FileNotFoundError:
                    return None
            return read_file(self._folder / path, MAX_PICTURE_BYTES)

    def erase(self, violation: Violation) -> None:
        """Remove all pictures of a violation; nothing happens where there is none."""
        self.erase_of(violation.camera, violation.opened_at, violation.id)

    def erase_of(self, camera: str, opened_at: datetime, violation_id: str) -> None:
        """The same, of a violation that is no longer on record."""
        with contextlib.suppress(ValueError):  # of no violation there is no picture
            for kind in Kind:
                self._remove(_path(camera, opened_at, violation_id, kind))

    def pictures(self) -> Iterator[StoredPicture]:
        """All pictures, in no order; one that vanishes meanwhile is passed over."""
        with self._answering():
            for path, size in self._listed():
                camera, _, rest = path.partition("/")
                day, _, name = rest.partition("/")
                match, on = _NAME.fullmatch(name), day_of_name(day)
                if match and on and CAMERA.fullmatch(camera):
                    yield StoredPicture(path, on, match["id"], size)

    def remove(self, pictures: Iterable[StoredPicture]) -> int:
        """Remove pictures; returns how many bytes that freed."""
        freed = 0
        for picture in pictures:
            self._remove(picture.path)
            freed += picture.bytes
        return freed

    def remove_half(self) -> None:
        """Remove what a killed writer left half, unless somebody may still be at it, and days that became empty."""
        if self._folder is None:
            return  # objects appear whole, and folders are only names
        latest = time.time() - _HALF_S
        with self._answering():
            for folder in day_folders(self._folder):
                for entry in list(os.scandir(folder)):
                    is_half = entry.name.startswith(STAGED) and entry.is_file(follow_symlinks=False)
                    if is_half and entry.stat(follow_symlinks=False).st_mtime <= latest:
                        Path(entry.path).unlink(missing_ok=True)
                with contextlib.suppress(OSError):  # not empty
                    folder.rmdir()

    def _remove(self, path: str) -> None:
        with self._answering(), contextlib.suppress(FileNotFoundError):
            if self._folder is None:
                files, root = self._remote
                files.rm_file(f"{root}/{path}")
            else:
                (self._folder / path).unlink()

    def _listed(self) -> Iterator[tuple[str, int]]:
        if self._folder is None:
            files, root = self._remote
            files.invalidate_cache()
            with contextlib.suppress(FileNotFoundError):
                for path, info in files.find(root, detail=True).items():
                    yield path[len(root) + 1 :], int(info["size"] or 0)
            return
        for folder in day_folders(self._folder):
            for entry in os.scandir(folder):
                if entry.is_file(follow_symlinks=False):
                    with contextlib.suppress(FileNotFoundError):
                        size = entry.stat(follow_symlinks=False).st_size
                        yield f"{folder.parent.name}/{folder.name}/{entry.name}", size

    @cached_property
    def _folder(self) -> Path | None:
        return None if is_remote(self._place) else local_path(self._place).expanduser()

    @cached_property
    def _remote(self) -> tuple[Any, str]:
        """The file system and the store's folder there."""
        import fsspec  # noqa: PLC0415 - slow to load, and local stores do without

        is_s3 = self._place.startswith(("s3://", "s3a://"))
        files, root = fsspec.url_to_fs(self._place, skip_instance_cache=True, **(s3_options() if is_s3 else {}))
        if is_s3:
            files.retries = 1  # the client's own are enough
        return files, root.rstrip("/")

    @contextlib.contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except StoreUnreachable:
            raise
        except Exception as error:  # each store has errors of its own
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise StoreUnreachable(f"the pictures in {self.where} cannot be reached: {redact(reason)}") from error


def _path(camera: str, opened_at: datetime, violation_id: str, kind: Kind) -> str:
    """Ids are looked at: they come from a server, and become names of files.

    Raises:
        ValueError: it is no id of a violation.
    """
    day = f"{opened_at.astimezone(UTC):%Y-%m-%d}"
    name = f"{violation_id}.{kind}.jpg"
    if not CAMERA.fullmatch(camera) or not _NAME.fullmatch(name):
        raise ValueError(f"{violation_id!r} is no id of a violation")
    return f"{camera}/{day}/{name}"
