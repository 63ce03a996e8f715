"""Reads the violation logs of an area's cameras as one log, in the order in which the state server wrote them.

Only what is a second old is read: behind it nothing comes any more, also where the logs are on several servers
with clocks that differ a little. So the order is the same whoever reads, and however much at a time.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import redis
from pydantic import ValidationError

from shared.messages import Violation
from shared.streams import KeySpace
from shared.violation_log import Logged
from worker.events.checkpoint import MAX_LOG_ENTRIES

READ_COUNT = 500  # entries of each camera at a time
_SETTLED_MS = 1_000
_CLOCK_WAS_PUT_BACK_MS = 60_000  # entries from so far ahead are not waited for
_FIELD = b"violation"
_ID = re.compile(r"[!-~]{1,200}")
_Entries = list[tuple[bytes, dict[bytes, bytes]]]


@dataclass(frozen=True)
class Portion:
    """What is next, in order. ``gaps`` are cameras whose log was cut off before it was read; there may be ``more``."""

    entries: list[Logged]
    gaps: list[str]
    more: bool


def read(state: redis.Redis, keys: KeySpace, behind: Mapping[str, str]) -> Portion:
    """The next entries behind those that are given by camera.

    Raises:
        redis.RedisError: the state server does not answer, or holds something else than a log.
    """
    with state.pipeline(transaction=False) as pipeline:
        pipeline.time()  # what is written later has a later id
        for camera, entry_id in behind.items():
            pipeline.xrange(keys.violation_log(camera), min=f"({entry_id}", count=READ_COUNT)
        (seconds, microseconds), *logs = pipeline.execute()
    settled_ms = seconds * 1000 + microseconds // 1000 - _SETTLED_MS
    found = {camera: _settled(entries, settled_ms) for camera, entries in zip(behind, logs, strict=True)}
    logged = [_parsed(camera, *entry) for camera, entries in found.items() for entry in entries]
    # Of a log with more to come what follows is unknown, and with it what comes next of all.
    cut = [camera for camera, entries in found.items() if len(entries) == READ_COUNT]
    ends = [order(_parsed(camera, *found[camera][-1])) for camera in cut]
    entries = sorted((each for each in logged if not ends or order(each) <= min(ends)), key=order)
    begun = {each.camera for each in entries}.intersection(cut)
    gaps = [camera for camera in sorted(begun) if _is_cut_off(state, keys, camera, behind[camera])]
    return Portion(entries, gaps, bool(cut))


def place_of(entry_id: str) -> tuple[int, int]:
    """Where an id stands among others."""
    milliseconds, _, number = entry_id.partition("-")
    return int(milliseconds), int(number)


def order(logged: Logged) -> tuple[tuple[int, int], str]:
    """Where an entry stands among those of all cameras."""
    return place_of(logged.entry_id), logged.camera


def _settled(entries: _Entries, settled_ms: int) -> _Entries:
    for place, (entry_id, _) in enumerate(entries):
        if 0 < place_of(entry_id.decode())[0] - settled_ms < _CLOCK_WAS_PUT_BACK_MS:
            return entries[:place]
    return entries


def _is_cut_off(state: redis.Redis, keys: KeySpace, camera: str, entry_id: str) -> bool:
    """Whether a log is full and begins behind what was read of it."""
    oldest = cast("_Entries", state.xrange(keys.violation_log(camera), count=1))
    is_full = state.xlen(keys.violation_log(camera)) >= MAX_LOG_ENTRIES
    return is_full and bool(oldest) and place_of(oldest[0][0].decode()) > place_of(entry_id)


def _parsed(camera: str, entry_id: bytes, fields: dict[bytes, bytes]) -> Logged:
    try:
        violation = Violation.model_validate_json(fields[_FIELD])
    except (ValidationError, KeyError):
        return Logged(camera, entry_id.decode(), None)
    return Logged(camera, entry_id.decode(), violation if _ID.fullmatch(violation.id) else None)
