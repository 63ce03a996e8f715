"""Reads the results of bursts, as any camera's results are read."""

from collections.abc import Sequence
from typing import Any, cast

import redis
from pydantic import ValidationError

from shared.messages import FrameResult
from shared.streams import HEARTBEAT_CAMERA, RESULT, KeySpace
from worker.events.reorder import Arrival

_READ_COUNT = 64
_Entries = list[tuple[bytes, dict[bytes, bytes]]]


class Results:
    """The results stream from a place on; what cannot be understood is left out."""

    def __init__(self, frames: redis.Redis, keys: KeySpace, behind: str) -> None:
        """Read behind the entry with that id."""
        self._frames = frames
        self._key = keys.results(HEARTBEAT_CAMERA)
        self._behind = behind

    def next(self) -> Sequence[Arrival]:
        """What has come since, without waiting.

        Raises:
            redis.RedisError: the frames server does not answer.
        """
        behind: dict[Any, Any] = {self._key: self._behind}
        answer = cast("dict[bytes, list[_Entries]]", self._frames.xread(behind, count=_READ_COUNT) or {})
        entries = [entry for chunks in answer.values() for chunk in chunks for entry in chunk]
        if entries:
            self._behind = entries[-1][0].decode()
        return [arrival for entry in entries if (arrival := _parsed(*entry))]

    def rewind_where_ids_fell(self) -> None:
        """Read from the start on a frames server that began anew with an earlier clock, and so gives lower ids.

        Raises:
            redis.RedisError: the frames server does not answer.
        """
        newest = cast("_Entries", self._frames.xrevrange(self._key, count=1))
        if not newest or place_of(newest[0][0].decode()) < place_of(self._behind):
            self._behind = "0-0"


def place_of(entry_id: str) -> tuple[int, int]:
    """Where an id stands among others."""
    milliseconds, _, number = entry_id.partition("-")
    return int(milliseconds), int(number or 0)


def _parsed(entry_id: bytes, fields: dict[bytes, bytes]) -> Arrival | None:
    try:
        result = FrameResult.model_validate_json(fields[RESULT])
    except (KeyError, ValidationError):
        return None
    return Arrival(entry_id.decode(), result, {})
