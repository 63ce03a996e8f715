"""Writes how entries ended and acks them, in one transaction."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import redis
from redis.client import Pipeline

from shared.foreign_keys import ForeignKeys, is_foreign
from shared.streams import DETAIL, ENTRY_ID, FACE_PREFIX, HEADER, REASON, RESULT, WORKER_GROUP, KeySpace
from worker.decoding import MAX_HEADER_BYTES, PoisonEntry
from worker.entries import Ending, Entry


class Publisher:
    """Results, dead letters and acks of batches."""

    def __init__(
        self,
        frames: redis.Redis,
        keys: KeySpace,
        max_results: int,
        max_dead_letters: int,
        foreign: ForeignKeys | None = None,
    ) -> None:
        """Bound each camera's results stream and dead-letter stream; keys that are none are noted in ``foreign``."""
        self._frames = frames
        self._keys = keys
        self._max_results = max_results
        self._max_dead_letters = max_dead_letters
        self._foreign = ForeignKeys() if foreign is None else foreign

    def publish(self, endings: Sequence[Ending]) -> None:
        """Write each ending and ack its entry, all of a shard or none: an entry is never acked without its result.

        But for a camera whose results have no stream to go to: what is judged of it is lost, and noted.
        """
        in_shards = sorted(endings, key=self._shard)
        for _, of_shard in groupby(in_shards, key=self._shard):
            with self._frames.pipeline(transaction=True) as transaction:
                written = [key for ending in of_shard for key in self._write(transaction, ending)]
                answers = transaction.execute(raise_on_error=False)
            self._note(written, answers)

    def _note(self, written: Sequence[str], answers: Sequence[object]) -> None:
        for key, answer in zip(written, answers, strict=True):
            if is_foreign(answer):
                self._foreign.met(key)
            elif isinstance(answer, Exception):
                raise answer
            else:
                self._foreign.served([key])

    def _shard(self, ending: Ending) -> int:
        return self._keys.shard(ending.entry.camera)

    def _write(self, transaction: Pipeline, ending: Ending) -> list[str]:
        """The keys of the commands that were added, in their order."""
        entry = ending.entry
        written = []
        if ending.result is not None:
            faces = {FACE_PREFIX + str(index).encode(): jpeg for index, jpeg in ending.faces.items()}
            fields: dict[Any, Any] = {RESULT: ending.result.model_dump_json(), **faces}
            written.append(self._keys.results(entry.camera))
            transaction.xadd(written[-1], fields, maxlen=self._max_results, approximate=True)
        if ending.dead_letter is not None:
            letter = _dead_letter(entry, ending.dead_letter)
            written.append(self._keys.dead_letters(entry.camera))
            transaction.xadd(written[-1], letter, maxlen=self._max_dead_letters, approximate=False)
        written.append(self._keys.frames(entry.camera))
        transaction.xack(written[-1], WORKER_GROUP, entry.id)
        return written


def _dead_letter(entry: Entry, poison: PoisonEntry) -> dict[Any, Any]:
    # Without the picture: raw frames are promised to live for seconds, dead letters stay.
    header = entry.fields.get(HEADER, b"")[:MAX_HEADER_BYTES]
    return {REASON: poison.reason.value, DETAIL: poison.detail[:500], ENTRY_ID: entry.id, HEADER: header}
