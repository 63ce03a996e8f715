"""Writes how entries ended and acks them, in one transaction."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import redis
from redis.client import Pipeline

from shared.streams import DETAIL, ENTRY_ID, FACE_PREFIX, HEADER, REASON, RESULT, WORKER_GROUP, KeySpace
from worker.decoding import MAX_HEADER_BYTES, PoisonEntry
from worker.entries import Ending, Entry


class Publisher:
    """Results, dead letters and acks of batches."""

    def __init__(self, frames: redis.Redis, keys: KeySpace, max_results: int, max_dead_letters: int) -> None:
        """Bound each camera's results stream and dead-letter stream."""
        self._frames = frames
        self._keys = keys
        self._max_results = max_results
        self._max_dead_letters = max_dead_letters

    def publish(self, endings: Sequence[Ending]) -> None:
        """Write each ending and ack its entry, all of a shard or none: an entry is never acked without its result."""
        in_shards = sorted(endings, key=self._shard)
        for _, of_shard in groupby(in_shards, key=self._shard):
            with self._frames.pipeline(transaction=True) as transaction:
                for ending in of_shard:
                    self._write(transaction, ending)
                transaction.execute()

    def _shard(self, ending: Ending) -> int:
        return self._keys.shard(ending.entry.camera)

    def _write(self, transaction: Pipeline, ending: Ending) -> None:
        entry = ending.entry
        if ending.result is not None:
            faces = {FACE_PREFIX + str(index).encode(): jpeg for index, jpeg in ending.faces.items()}
            fields: dict[Any, Any] = {RESULT: ending.result.model_dump_json(), **faces}
            transaction.xadd(self._keys.results(entry.camera), fields, maxlen=self._max_results, approximate=True)
        if ending.dead_letter is not None:
            letter = _dead_letter(entry, ending.dead_letter)
            letters = self._keys.dead_letters(entry.camera)
            transaction.xadd(letters, letter, maxlen=self._max_dead_letters, approximate=False)
        transaction.xack(self._keys.frames(entry.camera), WORKER_GROUP, entry.id)


def _dead_letter(entry: Entry, poison: PoisonEntry) -> dict[Any, Any]:
    # Without the picture: raw frames are promised to live for seconds, dead letters stay.
    header = entry.fields.get(HEADER, b"")[:MAX_HEADER_BYTES]
    return {REASON: poison.reason.value, DETAIL: poison.detail[:500], ENTRY_ID: entry.id, HEADER: header}
