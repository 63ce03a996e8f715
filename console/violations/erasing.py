"""Erases violations with all that shows or tells of them; what was counted stays counted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import redis

from console import reviewing
from console.violations.records import Record, Records
from shared.messages import ViolationState
from shared.review import ReviewFolder
from shared.review_item import ReviewItem
from shared.snapshot_store import SnapshotStore
from shared.streams import KeySpace
from shared.violations import drop_requests, forget

_A_BATCH = 200


@dataclass(frozen=True)
class Doomed:
    """What is to go: records, and faces in the review folder."""

    records: Sequence[Record]
    faces: Sequence[ReviewItem]

    @property
    def as_text(self) -> str:
        """What it is, in words."""
        cameras = len({each.violation.camera for each in self.records} | {each.camera for each in self.faces})
        of = f"{cameras} camera" + ("" if cameras == 1 else "s")
        return f"{len(self.records)} violations with their pictures and {len(self.faces)} faces for review, of {of}"


@dataclass(frozen=True)
class Time:
    """A camera or all, and a stretch of time; what is ``None`` does not matter."""

    camera: str | None
    since: datetime | None
    until: datetime | None

    def holds(self, record: Record) -> bool:
        """Whether somebody was seen at some moment of it."""
        violation = record.violation
        return (self.since is None or violation.last_seen >= self.since) and (
            self.until is None or violation.first_seen <= self.until
        )


def of_ids(records: Records, folder: ReviewFolder | None, ids: Sequence[str]) -> Doomed:
    """These violations and their faces; where no faces are kept there is no ``folder``.

    Raises:
        BadInput: there is no such violation.
        OSError: the folder cannot be read.
    """
    found = records.find(ids)
    names = {each.violation.id for each in found}
    return Doomed(found, [item for item in _items(folder) if item.violation in names])


def of_time(records: Records, folder: ReviewFolder | None, time: Time) -> Doomed:
    """All violations of a time, also of cameras that were removed, with all faces for review of it.

    Raises:
        OSError: the folder cannot be read.
    """
    cameras = [time.camera] if time.camera else records.cameras_ever()
    found = [each for each in records.of(cameras) if time.holds(each)]
    names = {each.violation.id for each in found}
    choice = reviewing.Choice(camera=time.camera, since=time.since, until=time.until)
    return Doomed(found, [item for item in _items(folder) if item.violation in names or choice.includes(item)])


def _items(folder: ReviewFolder | None) -> list[ReviewItem]:
    return [] if folder is None else folder.items()


@dataclass(frozen=True)
class Erasing:
    """Erases in one system; what was interrupted can be done again."""

    state: redis.Redis
    keys: KeySpace
    folder: ReviewFolder | None
    pictures: SnapshotStore | None = None

    def erase(self, doomed: Doomed) -> Iterator[int]:
        """Erase all of it; gives the number of violations of each portion that is gone.

        Pictures go first: without its record nothing would lead to them.

        Raises:
            StoreUnreachable: a picture cannot be erased.
            OSError: a face for review cannot be.
            redis.RedisError: the server does not answer.
        """
        if self.folder is not None:
            for item in doomed.faces:
                self.folder.erase(item.id)
        by_camera = sorted(doomed.records, key=lambda each: each.violation.camera)
        for camera, records in groupby(by_camera, lambda each: each.violation.camera):
            those = list(records)
            for start in range(0, len(those), _A_BATCH):
                batch = those[start : start + _A_BATCH]
                self._erase(camera, batch)
                yield len(batch)

    def _erase(self, camera: str, records: Sequence[Record]) -> None:
        ids = [each.violation.id for each in records]
        drop_requests(self.state, self.keys, camera, ids)
        self._erase_pictures(records)
        forget(self.state, self.keys, camera, ids)
        # Of an open one a picture may have come until its record was gone.
        self._erase_pictures([each for each in records if each.violation.state is not ViolationState.ENDED])

    def _erase_pictures(self, records: Sequence[Record]) -> None:
        if self.pictures is not None:
            for record in records:
                self.pictures.erase(record.violation)
