"""Marks violations as false, and takes that back: in the counts, and in the review folder."""

from datetime import datetime

import redis

from console import reviewing
from console.errors import CommandFailed
from console.violation_log import ViolationLog
from console.violations.records import Record
from shared import violations
from shared.messages import Dismissal, Label
from shared.review import ReviewFolder
from shared.review_item import ReviewLabel, wrong_id
from shared.snapshot_store import SnapshotStore
from shared.streams import KeySpace

MAX_REASON = 200
_REALLY_WRONG = frozenset({Label.WITHOUT_MASK, Label.INCORRECT_MASK})


class Dismissing:
    """Dismisses and restores violations of one system."""

    def __init__(
        self, state: redis.Redis, keys: KeySpace, folder: ReviewFolder | None, store: SnapshotStore | None = None
    ) -> None:
        """``folder`` need not be there, and is ``None`` where no faces are kept for review."""
        self._state = state
        self._keys = keys
        self._log = ViolationLog(state, keys, store)
        self._folder = folder

    def dismiss(self, record: Record, reason: str, label: ReviewLabel | None, now: datetime) -> str:
        """Dismiss one, once; says how that went. Without a picture or a folder it is dismissed all the same.

        Raises:
            redis.RedisError: the server does not answer; doing it again is safe.
        """
        is_new = dismiss_in_counts(self._state, self._keys, record, reason, now)
        return f"{'dismissed' if is_new else 'was dismissed already'}; {self._to_review(record, label, now)}"

    def restore(self, record: Record) -> str:
        """Take a dismissal back; the face leaves the review folder, for it would teach the model a mistake.

        Raises:
            redis.RedisError: the server does not answer; doing it again is safe.
        """
        is_new = violations.restore(self._state, self._keys, record.violation)
        if self._folder is None:
            return _restored(is_new)
        try:
            self._folder.erase(wrong_id(record.violation))
        except OSError as error:
            return f"restored; its face cannot be taken out of {self._folder.root}: {error.strerror}"
        return _restored(is_new)

    def _to_review(self, record: Record, label: ReviewLabel | None, now: datetime) -> str:
        if self._folder is None:
            return "not for review: the system keeps no faces for it"
        try:
            item = reviewing.mark_wrong(self._log, self._folder, record.violation.id, now)
            if label is not None:
                self._folder.label(item, label, now)
        except CommandFailed as error:
            return f"not for review: {error}"
        except OSError as error:
            return f"not for review: {self._folder.root} cannot be used: {error.strerror}"
        return f"for review as {item.id}" if label is None else f"for review as {item.id}, labelled {label}"


def _restored(is_new: bool) -> str:
    return "restored" if is_new else "was not dismissed"


def dismiss_in_counts(state: redis.Redis, keys: KeySpace, record: Record, reason: str, now: datetime) -> bool:
    """Dismiss one, once; false where it was dismissed already.

    Raises:
        redis.RedisError: the server does not answer; doing it again is safe.
    """
    dismissal = Dismissal(violation=record.violation.id, at=now, reason=reason)
    return violations.dismiss(state, keys, record.violation, dismissal)


def is_false(label: ReviewLabel | None) -> bool:
    """Whether a violation with such a face is none; without a label, somebody said so."""
    return label not in _REALLY_WRONG
