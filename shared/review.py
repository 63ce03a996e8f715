"""The review folder: faces that a person should look at, and what that person said of them.

``<folder>/<id>.jpg`` is a face with its surroundings, ``<folder>/<id>.json`` its ``ReviewItem``. Each
appears at once and whole, the picture before the item; a reader passes over whatever is not a
complete pair. All of it is outside input: names, sizes, dimensions and JSON are checked.
"""

import contextlib
import os
import stat
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import ValidationError

from shared.jpegs import NoJpeg, stated_size
from shared.review_item import ID, MAX_ITEM_BYTES, ReviewItem, ReviewLabel, Why

MAX_PICTURE_BYTES = 200_000
MAX_SIDE_PX = 1024
TOTAL_PER_UNLABELLED = 2  # labelled and unlabelled items together, as a multiple of ``max_items``
_STAGED = ".review-"
_HALF_S = 86_400.0  # what is still half after so long will never be whole


@dataclass(frozen=True)
class ReviewFolder:
    """One folder; methods that change it raise ``OSError`` where it cannot be changed."""

    root: Path

    def items(self) -> list[ReviewItem]:
        """All complete items, oldest first; none where there is no folder.

        Raises:
            OSError: the folder cannot be read.
        """
        found = [item for name in self._names() if (item := self.item(name))]
        return sorted(found, key=lambda each: (each.captured_at, each.id))

    def item(self, item_id: str) -> ReviewItem | None:
        """One item, if its two files are there and are what they should be."""
        if not ID.fullmatch(item_id):
            return None
        try:
            item = ReviewItem.model_validate_json(_read(self.root / f"{item_id}.json", MAX_ITEM_BYTES) or b"")
        except ValidationError:
            return None
        return item if item.id == item_id and self.picture(item) else None

    def picture(self, item: ReviewItem) -> bytes | None:
        """The JPEG of an item; ``None`` where it is missing, too large or does not hold the face."""
        jpeg = _read(self.picture_path(item.id), MAX_PICTURE_BYTES) or b""
        try:
            width, height = stated_size(jpeg)
        except NoJpeg:
            return None
        x0, y0, x1, y1 = item.face
        is_inside = x0 >= 0 and y0 >= 0 and x1 <= width and y1 <= height
        return jpeg if is_inside and max(width, height) <= MAX_SIDE_PX else None

    def picture_path(self, item_id: str) -> Path:
        """Where the picture of an item is."""
        return self.root / f"{item_id}.jpg"

    def count(self) -> int:
        """How many items there are at most, without reading them."""
        return len(self._names())

    def make(self) -> None:
        """Make the folder, its owner's alone; not those above it, which may be a volume that is not mounted."""
        self.root.mkdir(mode=0o700, exist_ok=True)

    def add(self, item: ReviewItem, jpeg: bytes) -> bool:
        """Put a face in; false where it is there already, with what a person may have said of it."""
        self.make()
        if self.item(item.id) is not None:
            return False
        self._write(self.picture_path(item.id), jpeg)
        self._write_item(item)
        return True

    def label(self, item: ReviewItem, label: ReviewLabel | None, now: datetime) -> ReviewItem:
        """Note what a person says of a face; ``None`` takes back what was said."""
        labelled = item.model_copy(update={"label": label, "labelled_at": now if label else None})
        self._write_item(labelled)
        return labelled

    def erase(self, item_id: str) -> None:
        """Remove an item; the picture goes first, so that no death in between leaves a face."""
        self.picture_path(item_id).unlink(missing_ok=True)
        (self.root / f"{item_id}.json").unlink(missing_ok=True)

    def erase_half(self, older_than_s: float = 0.0) -> None:
        """Remove what a killed writer left half, unless somebody may still be at it; other people's files stay."""
        latest = time.time() - older_than_s
        half = {name for name in self._names(".jpg", ".json") if self.item(name) is None}
        for entry in self._entries():
            is_ours = entry.name.startswith(_STAGED) or _stem(entry.name, ".jpg", ".json") in half
            if is_ours and not entry.is_dir(follow_symlinks=False):
                with contextlib.suppress(FileNotFoundError):  # its writer has just ended, well or not
                    if entry.stat(follow_symlinks=False).st_mtime <= latest:
                        Path(entry.path).unlink()

    def prune(self, now: datetime, max_items: int, max_age: timedelta) -> list[ReviewItem]:
        """Erase what is older than ``max_age`` and what is too much; returns what stays.

        Too much is more than ``max_items`` without a label, or twice as many in all. The oldest go,
        those that a person has marked last.
        """
        items = self.items()
        # An instant far ahead, which nothing here writes, must not keep a face for ever.
        fresh = [each for each in items if abs(now - each.captured_at) <= max_age]
        by_worth = sorted(fresh, key=lambda each: each.why is Why.MARKED_WRONG)
        unlabelled = [each for each in by_worth if each.label is None][-max_items:]
        room = TOTAL_PER_UNLABELLED * max_items - len(unlabelled)
        labelled = [each for each in fresh if each.label is not None][-room:]
        kept = {each.id for each in unlabelled + labelled}
        for each in items:
            if each.id not in kept:
                self.erase(each.id)
        self.erase_half(_HALF_S)
        return [each for each in items if each.id in kept]

    def _names(self, *suffixes: str) -> set[str]:
        stems = {_stem(entry.name, *(suffixes or (".json",))) for entry in self._entries()}
        return stems - {""}

    def _entries(self) -> list["os.DirEntry[str]"]:
        try:
            with os.scandir(self.root) as entries:
                return list(entries)
        except FileNotFoundError:
            return []

    def _write_item(self, item: ReviewItem) -> None:
        self._write(self.root / f"{item.id}.json", item.model_dump_json(indent=2).encode() + b"\n")

    def _write(self, path: Path, content: bytes) -> None:
        descriptor, staged = tempfile.mkstemp(prefix=_STAGED, dir=self.root)  # readable by its owner alone
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(descriptor)
            Path(staged).replace(path)
        except BaseException:
            Path(staged).unlink(missing_ok=True)
            raise


def _stem(name: str, *suffixes: str) -> str:
    """The id in a file's name, "" where it is none of ours."""
    stem, dot, suffix = name.rpartition(".")
    return stem if dot + suffix in suffixes and ID.fullmatch(stem) else ""


def _read(path: Path, max_bytes: int) -> bytes | None:
    """A small regular file, not what a link or a pipe in its place would give."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return None
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            content = file.read(max_bytes + 1)
    except OSError:
        return None
    return content if len(content) <= max_bytes else None
