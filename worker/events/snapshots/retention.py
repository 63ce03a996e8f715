"""How long pictures of violations are kept: for so many days, and as long as there is room."""

import logging
from datetime import datetime, timedelta

from shared.snapshot_store import SnapshotStore

log = logging.getLogger(__name__)

_MB = 1_000_000
_ROOM = 0.05  # of a full store is cleared at once, so that not every look has to clear some


def prune(store: SnapshotStore, now: datetime, days: int, max_mb: int) -> int:
    """Remove what is older than ``days``, then the oldest days' until the rest takes ``max_mb`` megabytes at most.

    Any number of processes may do so at once. Returns how many pictures went.

    Raises:
        StoreUnreachable: the store cannot be used.
    """
    oldest = (now - timedelta(days=days)).date()
    pictures = sorted(store.pictures(), key=lambda each: (each.day, each.violation))
    gone = [each for each in pictures if each.day < oldest]
    kept = pictures[len(gone) :]
    left = sum(each.bytes for each in kept)
    if left > max_mb * _MB:
        for each in kept:
            if left <= (1 - _ROOM) * max_mb * _MB:
                break
            gone.append(each)
            left -= each.bytes
        log.warning("pictures of violations take more than %d MB: the oldest are removed", max_mb)
    store.remove(gone)
    store.remove_half()
    return len(gone)
