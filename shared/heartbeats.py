"""Which processes run: each one writes its ``ProcessInfo`` every second, readers skip the old ones.

When a process spoke last is told by the state server's clock, and so is how long ago that was: machines' clocks may be
wrong. What is dated later than now is from before that clock was put back, and nobody waits for it.

Readers also skip what they cannot read: a newer release may have kinds of processes that this one does not know.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import redis
from pydantic import ValidationError

from shared.messages import ProcessInfo
from shared.streams import PROCESSES

MAX_SILENCE = timedelta(seconds=5)  # a process that says nothing for longer counts as gone
_FORGOTTEN_AFTER = timedelta(minutes=1)


def write(state: redis.Redis, info: ProcessInfo) -> None:
    """Tell the others what this process is and does, now; ``info.heartbeat_at`` may say anything."""
    spoke_at = _instant(state.time())
    state.hset(PROCESSES, info.id, info.model_copy(update={"heartbeat_at": spoke_at}).model_dump_json())


def remove(state: redis.Redis, process_id: str) -> None:
    """Say that a process has ended, so that nobody waits for its silence."""
    state.hdel(PROCESSES, process_id)


def forget_all(state: redis.Redis) -> None:
    """Say that none of them lives any more."""
    state.delete(PROCESSES)


def read(state: redis.Redis) -> list[ProcessInfo]:
    """The processes that spoke lately, by id; those silent for a minute are forgotten."""
    with state.pipeline(transaction=False) as pipeline:
        pipeline.time()
        pipeline.hgetall(PROCESSES)
        time, stored = pipeline.execute()
    now = _instant(time)
    every = list(_readable(stored))
    for gone in (each for each in every if abs(now - each.heartbeat_at) > _FORGOTTEN_AFTER):
        remove(state, gone.id)
    return sorted((each for each in every if abs(now - each.heartbeat_at) <= MAX_SILENCE), key=lambda each: each.id)


def _readable(stored: Mapping[bytes, bytes]) -> Iterator[ProcessInfo]:
    for value in stored.values():
        with suppress(ValidationError):
            yield ProcessInfo.model_validate_json(value)


def _instant(time: tuple[int, int]) -> datetime:
    seconds, microseconds = time
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=microseconds)
