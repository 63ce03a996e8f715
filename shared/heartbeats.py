"""Which processes run: each one writes its ``ProcessInfo`` every second, readers skip the old ones.

They also skip what they cannot read: a newer release may have kinds of processes that this one does not know.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import cast

import redis
from pydantic import ValidationError

from shared.messages import ProcessInfo
from shared.streams import PROCESSES

MAX_SILENCE = timedelta(seconds=5)  # a process that says nothing for longer counts as gone


def write(state: redis.Redis, info: ProcessInfo) -> None:
    """Tell the others what this process is and does."""
    state.hset(PROCESSES, info.id, info.model_dump_json())


def remove(state: redis.Redis, process_id: str) -> None:
    """Say that a process has ended, so that nobody waits for its silence."""
    state.hdel(PROCESSES, process_id)


def forget_all(state: redis.Redis) -> None:
    """Say that none of them lives any more: a clock that was put back makes dead ones look alive for long."""
    state.delete(PROCESSES)


def read(state: redis.Redis, now: datetime | None = None) -> list[ProcessInfo]:
    """The processes that spoke lately, by id; those silent for a minute are forgotten."""
    now = now or datetime.now(UTC)
    every = list(_readable(cast("dict[bytes, bytes]", state.hgetall(PROCESSES))))
    for gone in (each for each in every if now - each.heartbeat_at > timedelta(minutes=1)):
        remove(state, gone.id)
    return sorted((each for each in every if now - each.heartbeat_at <= MAX_SILENCE), key=lambda each: each.id)


def _readable(stored: Mapping[bytes, bytes]) -> Iterator[ProcessInfo]:
    for value in stored.values():
        with suppress(ValidationError):
            yield ProcessInfo.model_validate_json(value)
