"""Removes the records of old violations; the counts that they were part of stay."""

import logging
import time
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import cast

import redis
from pydantic import ValidationError

from shared.messages import Violation
from shared.streams import KeySpace
from shared.violations import forget_records

log = logging.getLogger(__name__)

INTERVAL_S = 600.0
_RECORDS_A_CALL = 500  # of each camera: the judge waits for no more; what is left comes up in the next calls


class Retention:
    """Goes round the records of cameras, a portion at a time."""

    def __init__(self, state: redis.Redis, keys: KeySpace, violation_days: int) -> None:
        """Records of violations that were last seen more than ``violation_days`` days ago are to go."""
        self._state = state
        self._keys = keys
        self._kept = timedelta(days=violation_days)
        self._cursors: dict[str, int] = {}  # camera -> where the round goes on
        self._due_at = 0.0

    def take_turn(self, cameras: Collection[str]) -> None:
        """Look at a portion of each camera's records, every ten minutes.

        Raises:
            redis.RedisError: the state server does not answer.
        """
        if time.monotonic() < self._due_at:
            return
        self._due_at = time.monotonic() + INTERVAL_S
        for camera in cameras:
            self.look_at(camera, datetime.now(UTC))

    def look_at(self, camera: str, now: datetime) -> int:
        """Look at the next portion of a camera's records; returns how many were removed."""
        key, oldest = self._keys.violations(camera), now - self._kept
        cursor, some = self._state.hscan(key, self._cursors.get(camera, 0), count=_RECORDS_A_CALL)
        self._cursors[camera] = int(cursor)
        records = cast("dict[bytes, bytes]", some)
        old = [
            violation_id.decode() for violation_id, value in records.items() if _is_older(violation_id, value, oldest)
        ]
        # Entries of the log carry the state server's time.
        self._state.xtrim(self._keys.violation_log(camera), minid=int(oldest.timestamp() * 1000), approximate=True)
        if not old:
            return 0
        log.info("camera %s: the records of %d violations are older than %s", camera, len(old), self._kept)
        return forget_records(self._state, self._keys, camera, old)


def _is_older(violation_id: bytes, value: bytes, oldest: datetime) -> bool:
    try:
        violation = Violation.model_validate_json(value)
    except ValidationError:  # not ours: nothing is known of its age
        return False
    return violation.last_seen < oldest and violation.id.encode() == violation_id
