"""For how long the oldest frame of some live cameras has waited for a worker.

XINFO GROUPS has a ``lag``, which on older servers stays wrong for good once a bounded stream has dropped entries
that nobody read; the last id handed to the group is always right. What a worker has in its hands is not looked
at: one that died would seem to be late until its frames are claimed.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import cast

import redis

from shared.streams import WORKER_GROUP, KeySpace

# All cameras of a shard in one call. A stream without the workers' group is none that anybody is late with, nor is
# a key that holds something else.
_OLDEST_MS = """
local function last_delivered(stream)
  local groups = redis.pcall('XINFO', 'GROUPS', stream)
  if groups.err and string.find(groups.err, 'WRONGTYPE') then return nil end
  if groups.err then error(groups.err) end
  for _, fields in ipairs(groups) do
    local group = {}
    for i = 1, #fields, 2 do group[fields[i]] = fields[i + 1] end
    if group['name'] == ARGV[1] then return group['last-delivered-id'] end
  end
end
local time = redis.call('TIME')
local now_ms, oldest_ms = time[1] * 1000 + math.floor(time[2] / 1000), 0
for _, stream in ipairs(KEYS) do
  local last = redis.call('EXISTS', stream) == 1 and last_delivered(stream)
  local first = last and redis.call('XRANGE', stream, '(' .. last, '+', 'COUNT', 1)[1]
  if first then oldest_ms = math.max(oldest_ms, now_ms - tonumber(string.match(first[1], '%d+'))) end
end
return oldest_ms
"""


class WaitingFrames:
    """Asks the frames server."""

    def __init__(self, frames: redis.Redis, keys: KeySpace) -> None:
        """Nothing is asked yet."""
        self._frames = frames
        self._keys = keys
        self._oldest_ms = frames.register_script(_OLDEST_MS)

    def oldest_s(self, cameras: Iterable[str]) -> float:
        """The age of the oldest frame that no worker was given, in seconds by the server's clock; 0 for none.

        Raises:
            redis.RedisError: the server did not answer.
        """
        by_shard: defaultdict[int, list[str]] = defaultdict(list)
        for camera in cameras:
            by_shard[self._keys.shard(camera)].append(self._keys.frames(camera))
        answers = (self._oldest_ms(keys=streams, args=[WORKER_GROUP]) for streams in by_shard.values())
        return max((cast("int", answer) / 1000 for answer in answers), default=0.0)
