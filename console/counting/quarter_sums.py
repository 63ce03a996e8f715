"""Sums of many quarters of an hour, added up by the server: a day of a thousand cameras is 96,000 hashes."""

from collections.abc import Mapping, Sequence
from typing import cast

import redis

from console.counting.counts import Counts, parsed
from shared.streams import KeySpace

_A_PIPELINE = 2_048  # hashes; a long history must not hold up the server for all others

# KEYS[1] is a camera's first quarter, ARGV its number and how many follow it. Their names are made here: to send them
# costs more than to add them up. What is no hash or no number, which nobody of ours writes, is passed over.
_SUM = """
local prefix = string.sub(KEYS[1], 1, -1 - #ARGV[1])
local first, sums = tonumber(ARGV[1]), {}
for quarter = first, first + tonumber(ARGV[2]) - 1 do
  local counts = redis.pcall('HGETALL', prefix .. string.format('%.0f', quarter))
  for i = 1, counts.err and 0 or #counts, 2 do
    local name, value = counts[i], counts[i + 1]
    if #value <= 19 and string.match(value, '^%-?%d+$') then sums[name] = (sums[name] or 0) + tonumber(value) end
  end
end
local told = {}
for name, sum in pairs(sums) do
  told[#told + 1] = name
  told[#told + 1] = string.format('%.0f', sum)
end
return told
"""


def read(state: redis.Redis, keys: KeySpace, cameras: Sequence[str], quarters: range) -> list[Counts]:
    """The sum of each camera's quarters, which follow each other; at least one.

    Raises:
        redis.RedisError: the server does not answer.
    """
    script = state.register_script(_SUM)
    at_once = max(1, _A_PIPELINE // len(quarters))
    found: list[Counts] = []
    for start in range(0, len(cameras), at_once):
        with state.pipeline(transaction=False) as pipeline:
            for camera in cameras[start : start + at_once]:
                first = keys.history(camera, quarters[0])
                script(keys=[first], args=[quarters[0], len(quarters)], client=pipeline)
            found += [_counts(answer) for answer in pipeline.execute()]
    return found


def _counts(told: Sequence[bytes]) -> Counts:
    return parsed(cast("Mapping[bytes, bytes]", dict(zip(told[::2], told[1::2], strict=True))))
