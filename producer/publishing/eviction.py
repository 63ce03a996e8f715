"""Live frames make room, by number and by age; each one that goes unjudged gets its result here.

A worker writes the result of each frame that it takes. A frame that leaves its stream before that
would be a silent gap, so the same script that removes it writes that it was dropped, and why.
"""

import redis

from shared.streams import HEADER, RESULT, WORKER_GROUP, KeySpace

# Frames and results share a slot, and one script sees no worker come in between. A header carries
# all that a result needs but the outcome. Scripts that use it have the same first keys and arguments.
EVICTION = """
local function last_delivered()
  if redis.call('EXISTS', KEYS[1]) == 0 then return '0-0' end
  for _, fields in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    local group = {}
    for i = 1, #fields, 2 do group[fields[i]] = fields[i + 1] end
    if group['name'] == ARGV[1] then return group['last-delivered-id'] end
  end
  return false
end

local function is_behind(id, other)
  local ms, number = string.match(id, '(%d+)-(%d+)')
  local other_ms, other_number = string.match(other, '(%d+)-(%d+)')
  ms, number, other_ms, other_number = tonumber(ms), tonumber(number), tonumber(other_ms), tonumber(other_number)
  return ms > other_ms or (ms == other_ms and number > other_number)
end

local function why(id, delivered)
  if not delivered or is_behind(id, delivered) then return 'overload' end
  if #redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1) > 0 then return 'trimmed' end
  return nil
end

local function evict(entries)
  local delivered = last_delivered()
  for _, entry in ipairs(entries) do
    local reason = why(entry[1], delivered)
    -- Before its result: a full server takes none from a script that has not yet made room, and would stay full.
    redis.call('XDEL', KEYS[1], entry[1])
    local fields = {}
    for i = 1, #entry[2], 2 do fields[entry[2][i]] = entry[2][i + 1] end
    local is_header, result = pcall(cjson.decode, fields[ARGV[3]] or '')
    if reason and is_header and type(result) == 'table' then
      result['outcome'] = 'dropped'
      result['reason'] = reason
      result['frame_entry_id'] = entry[1]
      redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[5], '*', ARGV[4], cjson.encode(result))
    end
  end
  return #entries
end

local function keep_newest(most)
  local surplus = redis.call('XLEN', KEYS[1]) - most
  return surplus > 0 and evict(redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', surplus)) or 0
end
"""

_DROP_OLDER = (
    EVICTION
    + """
local now = redis.call('TIME')
local oldest_ms = now[1] * 1000 + math.floor(now[2] / 1000) - tonumber(ARGV[2])
if oldest_ms <= 0 then return 0 end
return evict(redis.call('XRANGE', KEYS[1], '-', '(' .. string.format('%d-0', oldest_ms)))
"""
)


class Evictor:
    """Removes the old frames of live cameras from their streams."""

    def __init__(self, keys: KeySpace, max_results: int) -> None:
        """Name keys by ``keys``; a camera's results stream holds at most ``max_results``."""
        self._keys = keys
        self._max_results = max_results

    def drop_older(self, frames: redis.Redis, camera: str, max_age_s: float) -> None:
        """Remove frames older than ``max_age_s`` by the server's clock."""
        keys = (self._keys.frames(camera), self._keys.results(camera))
        frames.eval(_DROP_OLDER, 2, *keys, WORKER_GROUP, int(max_age_s * 1000), HEADER, RESULT, self._max_results)
