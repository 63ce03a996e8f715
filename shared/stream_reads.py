"""Reads several streams at once, wherever they are: in a cluster, those of each slot by a command of their own."""

import time
from collections.abc import Mapping, Sequence
from typing import Any, cast

import redis

from shared.cluster import by_slot
from shared.foreign_keys import ForeignKeys, is_foreign

_POLL_S = 0.02  # as long as a result of one slot waits for the others', where no command can wait for all

StreamEntry = tuple[bytes, dict[bytes, bytes]]


class StreamReader:
    """Reads streams of one server; a key that is none keeps no other from being read."""

    def __init__(self, server: redis.Redis, foreign: ForeignKeys) -> None:
        """Nothing is read yet; keys that are no streams are noted in ``foreign``."""
        self._server = server
        self._foreign = foreign

    def read(self, behind: Mapping[str, str], count: int, block_ms: int) -> dict[str, list[StreamEntry]]:
        """What came into streams behind the entries with these ids, at most ``count`` of each; at least one stream.

        Waits up to ``block_ms``, at least 1, for a first one; streams of which there is nothing are left out.

        Raises:
            redis.RedisError: the server does not answer.
        """
        keys = self._foreign.without(behind)
        if not keys:
            time.sleep(block_ms / 1000)
            return {}
        try:
            found = self._read({key: behind[key] for key in keys}, count, block_ms)
        except redis.ResponseError as error:
            if not is_foreign(error):
                raise
            return self._read_each({key: behind[key] for key in keys}, count)
        self._foreign.served(keys)
        return found

    def _read(self, behind: Mapping[str, str], count: int, block_ms: int) -> dict[str, list[StreamEntry]]:
        slots = by_slot(self._server, behind)
        if len(slots) == 1:
            return _told(self._server.xread(dict(behind), count=count, block=block_ms))  # type: ignore[arg-type]
        until = time.monotonic() + block_ms / 1000
        parts = [{key: behind[key] for key in keys} for keys in slots]
        while not (found := self._read_once(parts, count)):
            if time.monotonic() >= until:
                break
            time.sleep(_POLL_S)
        return found

    def _read_once(self, slots: Sequence[Mapping[str, str]], count: int) -> dict[str, list[StreamEntry]]:
        answers = self._answers(slots, count, raises=True)
        return {key: entries for answer in answers for key, entries in _told(answer).items()}

    def _read_each(self, behind: Mapping[str, str], count: int) -> dict[str, list[StreamEntry]]:
        """By a command for each, without waiting: that shows which of them are no streams."""
        found: dict[str, list[StreamEntry]] = {}
        parts = [{key: entry_id} for key, entry_id in behind.items()]
        for key, answer in zip(behind, self._answers(parts, count, raises=False), strict=True):
            if is_foreign(answer):
                self._foreign.met(key)
            elif isinstance(answer, Exception):
                raise answer
            else:
                found |= _told(answer)
        return found

    def _answers(self, parts: Sequence[Mapping[str, str]], count: int, *, raises: bool) -> list[Any]:
        with self._server.pipeline(transaction=False) as pipeline:
            for behind in parts:
                pipeline.xread(dict(behind), count=count)  # type: ignore[arg-type]
            return pipeline.execute(raise_on_error=raises)


def _told(answer: Any) -> dict[str, list[StreamEntry]]:  # noqa: ANN401 - of protocol 3: stream -> [entries]
    streams = cast("dict[bytes, list[list[StreamEntry]]]", answer or {})
    return {key.decode(): entries for key, (entries,) in streams.items()}
