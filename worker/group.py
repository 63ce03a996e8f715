"""The consumer group of all workers: read, claim, leave. Acks are the publisher's, beside the results."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import redis

from shared.foreign_keys import ForeignKeys, is_foreign
from shared.stream_looks import StreamLooks
from shared.streams import WORKER_GROUP, KeySpace
from worker.entries import Entry
from worker.turns import LOOK_S, Turns

_START = "0-0"

# One script, so that no entry can be delivered between the look and the deletion: deleting a
# consumer forgets its pending entries for good.
_DELETE_IDLE_CONSUMERS = """
local deleted = 0
local consumers = redis.pcall('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])
if consumers.err then return 0 end
for _, fields in ipairs(consumers) do
  local consumer = {}
  for i = 1, #fields, 2 do consumer[fields[i]] = fields[i + 1] end
  local is_meant = consumer['name'] == ARGV[2] or (ARGV[2] == '' and consumer['idle'] >= tonumber(ARGV[3]))
  if is_meant and consumer['pending'] == 0 then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], consumer['name'])
    deleted = deleted + 1
  end
end
return deleted
"""


@dataclass(frozen=True)
class Claimed:
    """What one claim gave: at most one entry, and how many ids of trimmed entries were given up."""

    entry: Entry | None
    trimmed: int
    is_scan_complete: bool


_NOTHING = Claimed(None, 0, is_scan_complete=True)


class FrameGroup:
    """One worker's part in the group, over the frames streams of all cameras.

    A key that is no stream keeps no other from being read.
    """

    def __init__(self, frames: redis.Redis, keys: KeySpace, consumer: str, foreign: ForeignKeys | None = None) -> None:
        """Nothing is asked of the server until ``join``; keys that are no streams are noted in ``foreign``."""
        self._frames = frames
        self._keys = keys
        self._consumer = consumer
        self._foreign = ForeignKeys() if foreign is None else foreign
        self._beside: list[str] = []
        self._cursors: dict[str, str] = {}  # where each stream's XAUTOCLAIM goes on
        self._looks = StreamLooks(frames, keys)
        self._turns = Turns(keys, self._looks)

    @property
    def cameras(self) -> Sequence[str]:
        """The cameras whose streams are read, in turn and beside them."""
        return [*self._turns.cameras, *self._beside]

    def join(self, cameras: Sequence[str], beside: Sequence[str] = ()) -> None:
        """Read these cameras from now on, from the start of their streams where the group is new.

        Those ``beside`` them take no camera's turn and are read by ``read_beside``; ``read`` waits for them where
        there is no camera.
        To be called again after ``forget`` where ``is_missing_group`` says so of an error.
        """
        for camera in {*cameras, *beside}.difference(self.cameras):
            self._create(self._keys.frames(camera))
        self._beside = list(beside)
        self._turns.follow(cameras)
        self._cursors = {camera: self._cursors.get(camera, _START) for camera in self.cameras}

    def forget(self) -> None:
        """Know of no stream any more: the frames server has restarted and holds none."""
        self._turns.follow([])
        self._beside, self._cursors = [], {}

    def read(self, max_entries: int, block_ms: int) -> list[Entry]:
        """New entries, at most ``max_entries``, taken in turn from all cameras.

        Waits up to ``block_ms`` for a first one; 0 does not wait.
        """
        entries: list[Entry] = []
        visited, cameras = 0, self._turns.worth_reading()
        while visited < len(cameras) and len(entries) < max_entries:
            room = max_entries - len(entries)
            window = self._turns.window(cameras, min(room, len(cameras) - visited))
            visited += len(window)
            entries += self._read(window, room // len(window), None)
        return entries or self._wait(max_entries, block_ms)

    def read_beside(self, max_entries: int) -> list[Entry]:
        """New entries of what is read beside the cameras, at most ``max_entries`` of each, without waiting."""
        return [entry for camera in self._beside for entry in self._read([camera], max_entries, None)]

    def with_pending(self) -> list[str]:
        """The cameras of which any worker has entries in its hands, this one among them."""
        return self._looks.pending(self.cameras)

    def claim(self, camera: str, min_idle_ms: int) -> Claimed:
        """Take over one entry that another worker has held for ``min_idle_ms`` without ending it.

        One at a time, since one of them may be what took that worker down: claimed together, all
        of them would come nearer to the delivery limit with each worker that falls.
        """
        stream = self._keys.frames(camera)
        if not self._foreign.without([stream]):
            return _NOTHING
        try:
            answer = self._frames.xautoclaim(
                stream, WORKER_GROUP, self._consumer, min_idle_ms, start_id=self._cursors.get(camera, _START), count=1
            )
        except redis.ResponseError as error:
            self._pass_over(stream, error)
            return _NOTHING
        cursor, entries, deleted = cast("tuple[bytes, list[Any], list[bytes]]", answer)
        self._cursors[camera] = cursor.decode()
        entry = self._with_deliveries(camera, *entries[0]) if entries else None
        return Claimed(entry, len(deleted), cursor.decode() == _START)

    def leave(self) -> None:
        """Take this consumer out of the group wherever it holds nothing; the rest is for others to claim."""
        for camera in self.cameras:
            self._frames.eval(_DELETE_IDLE_CONSUMERS, 1, self._keys.frames(camera), WORKER_GROUP, self._consumer, 0)

    def forget_idle_consumers(self, min_idle_ms: int) -> int:
        """Delete the consumers of workers that are long gone and hold nothing; says how many."""
        return sum(
            int(self._frames.eval(_DELETE_IDLE_CONSUMERS, 1, self._keys.frames(camera), WORKER_GROUP, "", min_idle_ms))
            for camera in self.cameras
        )

    def _create(self, stream: str) -> None:
        try:
            self._frames.xgroup_create(stream, WORKER_GROUP, id="0", mkstream=True)
        except redis.ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                self._pass_over(stream, error)

    def _pass_over(self, stream: str, error: redis.ResponseError) -> None:
        if not is_foreign(error):
            raise error
        self._foreign.met(stream)

    def _wait(self, max_entries: int, block_ms: int) -> list[Entry]:
        awaited = self._turns.worth_reading() or self._turns.cameras or self._beside
        if block_ms == 0 or not awaited:
            return []
        if len(awaited) < len(self._turns.cameras):
            block_ms = min(block_ms, int(1000 * LOOK_S))  # others may be filled by then
        shards = sorted({self._keys.shard(camera) for camera in awaited})
        for shard in shards:
            cameras = [camera for camera in awaited if self._keys.shard(camera) == shard]
            entries = self._read(cameras, max(1, max_entries // len(cameras)), max(1, block_ms // len(shards)))
            if entries:
                return entries
        return []

    def _read(self, cameras: Sequence[str], count: int, block_ms: int | None) -> list[Entry]:
        camera_of = {self._keys.frames(camera): camera for camera in cameras}
        streams = self._foreign.without(camera_of)
        if not streams:
            time.sleep((block_ms or 0) / 1000)
            return []
        behind: dict[Any, Any] = dict.fromkeys(streams, ">")
        try:
            answer = self._frames.xreadgroup(WORKER_GROUP, self._consumer, behind, count=count, block=block_ms)
        except redis.ResponseError as error:
            if not is_foreign(error):
                raise
            return self._read_each(camera_of, streams, count)
        self._foreign.served(streams)
        return _entries(camera_of, answer)

    def _read_each(self, camera_of: Mapping[str, str], streams: Sequence[str], count: int) -> list[Entry]:
        """By a command for each, without waiting: that shows which of them are no streams."""
        with self._frames.pipeline(transaction=False) as pipeline:
            for stream in streams:
                pipeline.xreadgroup(WORKER_GROUP, self._consumer, {stream: ">"}, count=count)
            answers = pipeline.execute(raise_on_error=False)
        entries: list[Entry] = []
        errors: list[Exception] = []
        for stream, answer in zip(streams, answers, strict=True):
            if is_foreign(answer):
                self._foreign.met(stream)
            elif isinstance(answer, Exception):
                errors.append(answer)
            else:
                entries += _entries(camera_of, answer)
        if errors and not entries:  # what was read is this worker's now, and the next read meets the error again
            raise errors[0]
        return entries

    def _with_deliveries(self, camera: str, entry_id: bytes, fields: dict[bytes, bytes]) -> Entry:
        pending = self._frames.xpending_range(
            self._keys.frames(camera), WORKER_GROUP, min=entry_id, max=entry_id, count=1
        )
        deliveries = int(cast("list[dict[str, Any]]", pending)[0]["times_delivered"]) if pending else 1
        return Entry(camera, entry_id.decode(), fields, deliveries)


def _entries(camera_of: Mapping[str, str], answer: Any) -> list[Entry]:  # noqa: ANN401 - of protocol 3
    by_stream = cast("dict[bytes, list[list[tuple[bytes, dict[bytes, bytes]]]]]", answer)
    return [
        Entry(camera_of[stream.decode()], entry_id.decode(), fields)
        for stream, chunks in by_stream.items()
        for chunk in chunks
        for entry_id, fields in chunk
    ]


def is_missing_group(error: redis.RedisError) -> bool:
    """Whether a stream or its group is gone, as after a restart of the frames server."""
    return isinstance(error, redis.ResponseError) and str(error).startswith(("NOGROUP", "UNBLOCKED"))
