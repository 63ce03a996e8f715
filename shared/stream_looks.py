"""With which of many cameras' streams there is anything to do, in one call a shard: most of a thousand are silent."""

from collections import defaultdict
from collections.abc import Iterable
from typing import cast

import redis
from redis.commands.core import Script

from shared.streams import WORKER_GROUP, KeySpace

# A key of another kind, or without the group, counts as one to look into, so that whoever does says so.
_FILLED = """
local places = {}
for place, stream in ipairs(KEYS) do
  if redis.pcall('XLEN', stream) ~= 0 then places[#places + 1] = place end
end
return places
"""
_PENDING = """
local places = {}
for place, stream in ipairs(KEYS) do
  local summary = redis.pcall('XPENDING', stream, ARGV[1])
  if summary.err or summary[1] ~= 0 then places[#places + 1] = place end
end
return places
"""


class StreamLooks:
    """Looks at frames streams, of any number of threads."""

    def __init__(self, frames: redis.Redis, keys: KeySpace) -> None:
        """Nothing is asked yet."""
        self._keys = keys
        self._filled = frames.register_script(_FILLED)
        self._pending = frames.register_script(_PENDING)

    def filled(self, cameras: Iterable[str]) -> list[str]:
        """Those whose stream holds any frame, judged or not.

        Raises:
            redis.RedisError: the server does not answer.
        """
        return self._found(self._filled, cameras, ())

    def pending(self, cameras: Iterable[str]) -> list[str]:
        """Those of which a worker has a frame that it has not ended.

        Raises:
            redis.RedisError: as above.
        """
        return self._found(self._pending, cameras, (WORKER_GROUP,))

    def _found(self, script: Script, cameras: Iterable[str], arguments: Iterable[str]) -> list[str]:
        by_shard: defaultdict[int, list[str]] = defaultdict(list)
        for camera in cameras:
            by_shard[self._keys.shard(camera)].append(camera)
        found: list[str] = []
        for of_shard in by_shard.values():
            places = script(keys=[self._keys.frames(camera) for camera in of_shard], args=list(arguments))
            found += [of_shard[place - 1] for place in cast("list[int]", places)]
        return found
