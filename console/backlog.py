"""How many frames of a camera wait for a worker, and since when.

XINFO GROUPS has a `lag`, which on older servers (seen on Redis 7.0) stays wrong for good once a bounded
stream has dropped entries that nobody read. The last id handed to the group is always right, so
everything is counted from there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import redis

from shared.foreign_keys import is_foreign
from shared.streams import WORKER_GROUP, KeySpace

# Counted on the server, since an entry cannot be had without its picture. The walk happens only when
# a group is part of the way through a stream; it is bounded by the stream, whose length is bounded.
_COUNT_WAITING = """
if redis.call('EXISTS', KEYS[1]) == 0 then return {0, ''} end
local last = '0-0'
for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local facts = {}
  for i = 1, #group, 2 do facts[group[i]] = group[i + 1] end
  if facts['name'] == ARGV[1] then last = facts['last-delivered-id'] end
end
local first_waiting = redis.call('XRANGE', KEYS[1], '(' .. last, '+', 'COUNT', 1)[1]
if not first_waiting then return {0, ''} end
local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
if first[1] == first_waiting[1] then return {redis.call('XLEN', KEYS[1]), first[1]} end
local waiting = 0
repeat
  local entries = redis.call('XRANGE', KEYS[1], '(' .. last, '+', 'COUNT', 16)
  waiting = waiting + #entries
  if #entries > 0 then last = entries[#entries][1] end
until #entries < 16
return {waiting, first_waiting[1]}
"""


@dataclass(frozen=True)
class Backlog:
    """Frames in a camera's stream that no worker has been given; ``oldest_at`` is when the first of them came in."""

    waiting: int
    oldest_at: datetime | None


def read(frames: redis.Redis, keys: KeySpace, cameras: Sequence[str]) -> list[Backlog]:
    """The backlog of each camera, in the order given."""
    pipeline = frames.pipeline(transaction=False)
    for camera in cameras:
        pipeline.eval(_COUNT_WAITING, 1, keys.frames(camera), WORKER_GROUP)
    return [_told(answer) for answer in pipeline.execute(raise_on_error=False)]


def _told(answer: Any) -> Backlog:  # noqa: ANN401 - the script's: how many wait, and the id of the first
    if isinstance(answer, Exception):
        if is_foreign(answer):  # what is no stream holds no frames
            return Backlog(0, None)
        raise answer
    waiting, entry_id = answer
    return Backlog(waiting, _instant(entry_id) if entry_id else None)


def _instant(entry_id: bytes) -> datetime:
    """An entry's id begins with the server's clock, in milliseconds."""
    return datetime.fromtimestamp(int(entry_id.split(b"-")[0]) / 1000, UTC)
