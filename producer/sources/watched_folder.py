"""A folder whose pictures are shown as they arrive."""

import logging
import os
import re
import stat
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from producer.pictures import jpeg
from producer.sources.base import Picture, SourceMissing, SourceUnavailable
from producer.sources.image_folder import MAX_FILE_BYTES, SUFFIXES, content_of, picture_of

_log = logging.getLogger(__name__)

DEFAULT_FPS = 5.0
_LOOK_INTERVAL_S = 0.25
_SETTLED_S = 2.0  # a file that has not grown for so long is taken for whole
_CTIME = re.compile(r"[0-9]{1,20}")  # nanoseconds
_TEMPORARY_ENDS = ("~", ".tmp", ".part")


class _Version(NamedTuple):
    """One content of one file; files come in this order, by arrival and then by name."""

    ctime_ns: int
    name: str
    mtime_ns: int
    size: int

    @property
    def content_id(self) -> tuple[str, int, int]:
        """What stays the same when a file is only touched by permissions or owners."""
        return self.name, self.mtime_ns, self.size


@dataclass
class _Seen:
    content_id: tuple[str, int, int]
    since: float
    looks: int = 1
    is_done: bool = False


class WatchedFolder:
    """Each picture once, at most ``fps`` a second: first those that are there, then new ones.

    ``position`` is that of the last picture of an earlier reader; older files are passed over.
    """

    codec = "images"
    is_steady = False
    can_freeze = False

    def __init__(self, path: Path, fps: float | None = None, position: str = "") -> None:
        """Look whether the folder is there; it may be empty.

        Raises:
            SourceMissing: it is not.
        """
        self.fps: float | None
        self.pace(fps or DEFAULT_FPS)
        self._path = path
        self._behind = _parsed(position)
        self._seen: dict[str, _Seen] = {}
        self._closed = threading.Event()
        try:
            os.scandir(path).close()
        except OSError as error:
            raise SourceMissing(f"{path} cannot be watched: {error.strerror}") from error

    def pace(self, fps: float) -> None:
        """Show at most ``fps`` pictures a second from now on; may be called from any thread."""
        self.fps = fps
        self._interval_s = 1 / fps

    def pictures(self) -> Iterator[Picture]:
        """Pictures as they arrive, until closed.

        Raises:
            SourceUnavailable: the folder went away.
        """
        due_at = 0.0
        while not self._closed.wait(_LOOK_INTERVAL_S):
            for version in self._whole():
                if self._closed.wait(max(0.0, due_at - time.monotonic())):
                    return
                picture = self._read(version)
                if picture is not None:
                    due_at = time.monotonic() + self._interval_s
                    yield picture

    def close(self) -> None:
        """End the wait for pictures; may be called from any thread."""
        self._closed.set()

    def _whole(self) -> Iterator[_Version]:
        """The whole new files in order, up to the first that is still being written: it must not be overtaken."""
        for version in self._new():
            seen = self._seen[version.name]
            is_settled = time.monotonic() - seen.since >= _SETTLED_S
            if not is_settled and (seen.looks < 2 or not _ends_as_jpeg(self._path / version.name)):
                return
            yield version

    def _new(self) -> list[_Version]:
        versions = sorted(self._listed())
        self._seen = {each.name: self._looked_at(each) for each in versions}
        self._behind = (0, "")
        return [each for each in versions if not self._seen[each.name].is_done]

    def _looked_at(self, version: _Version) -> _Seen:
        before = self._seen.get(version.name)
        if before is None or before.content_id != version.content_id:
            # Only what is there at the first look can be old: a file moved in may keep an old time.
            is_old = (version.ctime_ns, version.name) <= self._behind
            return _Seen(version.content_id, time.monotonic(), is_done=is_old)
        return replace(before, looks=before.looks + 1)

    def _listed(self) -> list[_Version]:
        try:
            with os.scandir(self._path) as entries:
                return [version for entry in entries if (version := _version_of(entry)) is not None]
        except OSError as error:
            raise SourceUnavailable(f"{self._path} cannot be watched any more: {error.strerror}") from None

    def _read(self, version: _Version) -> Picture | None:
        """The file's picture; ``None`` where it changed since it was looked at, to be looked at again."""
        content = self._content_of(version)
        if content is not None and len(content) != version.size:
            return None
        self._seen[version.name].is_done = True
        position = f"{version.ctime_ns}/{version.name}"
        return None if content is None else replace(picture_of(content), position=position)

    def _content_of(self, version: _Version) -> bytes | None:
        path = self._path / version.name
        if version.size > MAX_FILE_BYTES:
            _log.warning("%s is left out: it is larger than %d bytes", path, MAX_FILE_BYTES)
            return None
        try:
            return content_of(path)
        except OSError as error:
            _log.warning("%s cannot be read: %s", path, error.strerror)
            return None


def _version_of(entry: "os.DirEntry[str]") -> _Version | None:
    """The file, if its name is a picture's and it holds something."""
    name = entry.name
    if name.startswith(".") or name.endswith(_TEMPORARY_ENDS) or Path(name).suffix.lower() not in SUFFIXES:
        return None
    try:
        status = entry.stat()
    except OSError:
        return None  # went away meanwhile
    if not stat.S_ISREG(status.st_mode) or not status.st_size:
        return None
    return _Version(status.st_ctime_ns, name, status.st_mtime_ns, status.st_size)


def _ends_as_jpeg(path: Path) -> bool:
    """Whether the last bytes are the end of a JPEG, behind which cameras pad with zeros."""
    try:
        return content_of(path).rstrip(b"\0 \t\r\n").endswith(jpeg.END)
    except OSError:
        return False


def _parsed(position: str) -> tuple[int, str]:
    ctime, _, name = position.partition("/")
    return (int(ctime), name) if _CTIME.fullmatch(ctime) else (0, "")
