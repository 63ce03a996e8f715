"""Where an area stands, and the one transaction that moves it on.

Counts, members and positions change together or not at all, and only while the lease's token is the newest and
what is stored is what this owner wrote last. So a violation is taken in once, whoever dies when.
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import redis
from pydantic import ValidationError
from redis.client import Pipeline

from shared import leases
from shared.areas import AreaMember
from shared.leases import Lease, LeaseLost
from shared.streams import AreaKeys, CheckpointField, CountField
from worker.events.areas.matcher import Change

log = logging.getLogger(__name__)

_POSITION = "position:"
_ENTRY = re.compile(rb"\d{1,18}-\d{1,18}")
_DAY_S = 86_400


@dataclass(frozen=True)
class Standing:
    """What is stored of an area: ``positions`` by camera, and how many area violations there were."""

    members: dict[str, AreaMember]
    positions: dict[str, str]
    counted: int


class Ledger:
    """Writes what befell one area, behind the lease of all areas."""

    def __init__(self, state: redis.Redis, area: str, history_days: int) -> None:
        """Counts by quarters of an hour expire after ``history_days``."""
        self._state = state
        self._area = area
        self._keys = AreaKeys(area)
        self._history_s = history_days * _DAY_S
        self._commits = 0

    def load(self) -> Standing:
        """Go on from what is stored. Members that cannot be understood are forgotten.

        Raises:
            redis.RedisError: the state server does not answer, or holds something else.
        """
        with self._state.pipeline(transaction=True) as pipeline:
            pipeline.hgetall(self._keys.members)
            pipeline.hgetall(self._keys.checkpoint)
            pipeline.hget(self._keys.counts, CountField.VIOLATIONS)
            members, checkpoint, counted = pipeline.execute()
        self._commits = int(checkpoint.get(CheckpointField.COMMITS.encode(), 0))
        found = {each.decode(errors="replace"): self._member(value) for each, value in members.items()}
        positions = {
            field.decode().removeprefix(_POSITION): value.decode()
            for field, value in cast("dict[bytes, bytes]", checkpoint).items()
            if field.startswith(_POSITION.encode()) and _ENTRY.fullmatch(value)
        }
        return Standing({each: member for each, member in found.items() if member}, positions, int(counted or 0))

    def commit(self, lease: Lease, change: Change, positions: Mapping[str, str]) -> None:
        """Write a change and how far it goes in one transaction.

        Raises:
            LeaseLost: nothing was written, since another process counts areas or something else is stored than was
                written last; load again.
            redis.RedisError: whether it was written is unknown; load again.
        """
        with self._state.pipeline(transaction=True) as transaction:
            leases.watch(transaction, lease)
            stored = cast("bytes | None", transaction.hget(self._keys.checkpoint, CheckpointField.COMMITS))
            if int(stored or 0) != self._commits:
                raise LeaseLost(lease.key)
            transaction.multi()
            self._write_counts(transaction, change)
            self._write_members(transaction, change)
            moved = {f"{_POSITION}{camera}": entry_id for camera, entry_id in positions.items()}
            self._set(transaction, self._keys.checkpoint, moved | {CheckpointField.COMMITS: str(self._commits + 1)})
            try:
                transaction.execute()
            except redis.WatchError as error:
                raise LeaseLost(lease.key) from error
        self._commits += 1

    def _write_counts(self, transaction: Pipeline, change: Change) -> None:
        for field, amount in change.counts.items():
            transaction.hincrby(self._keys.counts, field, amount)
        for quarter, counts in change.by_quarter.items():
            for field, amount in counts.items():
                transaction.hincrby(self._keys.history(quarter), field, amount)
            transaction.expire(self._keys.history(quarter), self._history_s)

    def _write_members(self, transaction: Pipeline, change: Change) -> None:
        if change.forgotten:
            transaction.hdel(self._keys.members, *sorted(change.forgotten))
        self._set(transaction, self._keys.members, {each: m.model_dump_json() for each, m in change.members.items()})

    @staticmethod
    def _set(transaction: Pipeline, key: str, values: Mapping[str, str]) -> None:
        if values:
            transaction.hset(key, mapping=cast("dict[Any, Any]", values))

    def _member(self, value: bytes) -> AreaMember | None:
        try:
            return AreaMember.model_validate_json(value)
        except ValidationError as error:
            log.warning("area %s: a member is unreadable and forgotten: %s", self._area, error.title)
            return None
