"""Reads several streams at once, wherever they are: in a cluster, those of each slot by a command of their own."""

import time
from collections.abc import Mapping
from typing import Any, cast

import redis

from shared.cluster import by_slot

_POLL_S = 0.02  # as long as a result of one slot waits for the others', where no command can wait for all

StreamEntry = tuple[bytes, dict[bytes, bytes]]


def read_streams(
    server: redis.Redis, behind: Mapping[str, str], count: int, block_ms: int
) -> dict[str, list[StreamEntry]]:
    """What came into streams behind the entries with these ids, at most ``count`` of each; at least one stream.

    Waits up to ``block_ms``, at least 1, for a first one; streams of which there is nothing are left out.

    Raises:
        redis.RedisError: the server does not answer.
    """
    slots = by_slot(server, behind)
    if len(slots) == 1:
        return _told(server.xread(dict(behind), count=count, block=block_ms))  # type: ignore[arg-type]
    until = time.monotonic() + block_ms / 1000
    while not (found := _read_once(server, [{key: behind[key] for key in keys} for keys in slots], count)):
        if time.monotonic() >= until:
            break
        time.sleep(_POLL_S)
    return found


def _read_once(server: redis.Redis, slots: list[dict[str, str]], count: int) -> dict[str, list[StreamEntry]]:
    with server.pipeline(transaction=False) as pipeline:
        for behind in slots:
            pipeline.xread(behind, count=count)  # type: ignore[arg-type]
        return {key: entries for answer in pipeline.execute() for key, entries in _told(answer).items()}


def _told(answer: Any) -> dict[str, list[StreamEntry]]:  # noqa: ANN401 - of protocol 3: stream -> [entries]
    streams = cast("dict[bytes, list[list[StreamEntry]]]", answer or {})
    return {key.decode(): entries for key, (entries,) in streams.items()}
