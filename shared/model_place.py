"""Where a registry keeps its versions: what a local folder and a remote store have in common."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

CURRENT = "current.json"
MAX_CURRENT_BYTES = 10_000

# Fills an empty folder with a version's files, its manifest included.
Fill = Callable[[int, Path], None]

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://.*", re.DOTALL)
_VERSION = re.compile(r"[1-9][0-9]{0,8}")


class Place(Protocol):
    """The versions of one model and the file that names the current one.

    Whatever keeps the place from answering is a ``ModelError`` with ``Refusal.UNREACHABLE``.
    """

    is_remote: bool

    @property
    def where(self) -> str:
        """The place's name for people; holds no password."""

    @property
    def folder(self) -> Path:
        """Versions are read from folders in it, once ``verify`` has seen to them."""

    def versions(self) -> list[int]:
        """The published versions, oldest first."""

    def state(self) -> str:
        """What differs after each change of ``current.json``, also to one that is missing or none; cheap."""

    def sizes(self, version: int) -> dict[str, int]:
        """The bytes of each file of a version; empty where there is none."""

    def read(self, file: str, at_most: int) -> bytes:
        """The first ``at_most`` bytes of a file.

        Raises:
            OSError: it cannot be read; ``FileNotFoundError`` where there is none.
        """

    def write(self, file: str, content: bytes) -> None:
        """Replace a file at once; readers see the old or the new one."""

    def verify(self, version: int, files: Mapping[str, str]) -> None:
        """See that the version's folder in ``folder`` has these files with these checksums.

        Raises:
            ModelError: names the first that is missing or differs.
        """

    def publish(self, fill: Fill, at_least: int) -> int:
        """Keep what ``fill`` makes as a version of a new number, whole or not at all.

        The number was never given before and is ``at_least`` so high. What killed publishers left is removed.
        """


def is_url(root: str | Path) -> bool:
    """Whether a registry is addressed by a URL, be it that of a folder."""
    return isinstance(root, str) and _URL.fullmatch(root) is not None


def is_remote(root: str | Path) -> bool:
    """Whether a registry is elsewhere, or at least no plain folder."""
    return is_url(root) and urlsplit(str(root)).scheme not in {"file", "local"}


def local_path(root: str | Path) -> Path:
    """The folder of a path or of a file:// URL."""
    return Path(unquote(urlsplit(str(root)).path)) if is_url(root) else Path(root)


def version_number(name: str) -> int | None:
    """The number that a folder's name stands for, if it is a version's."""
    return int(name) if _VERSION.fullmatch(name) else None
