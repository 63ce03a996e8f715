"""Who owns a camera: leases with fencing tokens, the protocol of producers and events workers.

A lease is one hash on the state server: owner, token, expiry by the server's own clock. The token
rises with every change of owner, so that a write can be refused once its writer was outdated. The
hash is never deleted: its token must never fall.

A lease that seems to last longer than any may is one from before the server's clock was put back, as on a
machine that starts with a wrong clock: nobody waits for it. Nor for one whose expiry is no number. Where the token
is none, the next one is the clock's seconds, which are more than any camera ever had owners.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import redis
from redis.client import Pipeline

MAX_TTL_MS = 60_000
_MAX_DIGITS = 16  # of an instant in milliseconds

_ACQUIRE_ONE = """
local now = redis.call('TIME')
local now_ms = now[1] * 1000 + math.floor(now[2] / 1000)
local ttl_ms, max_ttl_ms = tonumber(ARGV[1]), tonumber(ARGV[2])
local function acquire(key, owner, above)
  local lease = redis.call('HMGET', key, 'owner', 'token', 'expires_at_ms')
  local token = tonumber(lease[2] or '0')
  if not token or not (token >= 0 and token < 2^53) then token = tonumber(now[1]) end
  if lease[1] ~= owner then
    local left_ms = (tonumber(lease[3]) or 0) - now_ms
    if lease[1] and lease[1] ~= '' and left_ms > 0 and left_ms <= max_ttl_ms then return 0 end
    token = math.max(token, above) + 1
  end
  redis.call('HSET', key, 'owner', owner, 'token', token, 'expires_at_ms', now_ms + ttl_ms)
  return token
end
"""
_ACQUIRE = _ACQUIRE_ONE + "return acquire(KEYS[1], ARGV[3], tonumber(ARGV[4]))"
# A thousand calls cost a client fifty times as much as one. A key that is no lease is nobody's, and holds up no other.
_ACQUIRE_ALL = (
    _ACQUIRE_ONE
    + """
local tokens = {}
for i, key in ipairs(KEYS) do
  local is_done, token = pcall(acquire, key, ARGV[2 + i], 0)
  local fault = not is_done and (type(token) == 'table' and token.err or tostring(token))
  if fault and not string.find(fault, 'WRONGTYPE') then error(token) end
  tokens[i] = fault and 0 or token
end
return tokens
"""
)

# For scripts that write behind a lease: whether it is held by this owner, with this token.
HOLDS = """
local function holds(key, owner, token)
  local lease = redis.call('HMGET', key, 'owner', 'token')
  return lease[1] == owner and lease[2] == token
end
"""

_RELEASE = """
if redis.call('HGET', KEYS[1], 'owner') == ARGV[1] then redis.call('HSET', KEYS[1], 'owner', '') end
return 1
"""


class LeaseLost(Exception):
    """Another process owns the camera now; drop what is known of it."""


@dataclass(frozen=True)
class Lease:
    """A right to one camera, valid while ``token`` is the newest."""

    key: str
    owner: str
    token: int


def acquire(state: redis.Redis, key: str, owner: str, ttl_ms: int, above: int = 0) -> Lease | None:
    """Take or renew a lease for ``ttl_ms`` milliseconds, at most ``MAX_TTL_MS``; ``None`` while another holds it.

    An owner that renews keeps its token; a new owner gets a higher one, higher than ``above`` too.
    """
    token = int(state.eval(_ACQUIRE, 1, key, ttl_ms, MAX_TTL_MS, owner, above))
    return Lease(key, owner, token) if token else None


def acquire_all(state: redis.Redis, keys: Sequence[str], owner: str, ttl_ms: int) -> list[Lease | None]:
    """Take or renew many leases in one round trip, each as ``acquire`` does."""
    tokens = _acquire_all(state, dict.fromkeys(keys, owner), ttl_ms)
    return [Lease(key, owner, token) if token else None for key, token in zip(keys, tokens, strict=True)]


def renew_all(state: redis.Redis, held: Sequence[Lease], ttl_ms: int) -> list[bool]:
    """Hold leases for another while, in one round trip; false where another owner came in between."""
    tokens = _acquire_all(state, {lease.key: lease.owner for lease in held}, ttl_ms)
    return [token == lease.token for token, lease in zip(tokens, held, strict=True)]


def _acquire_all(state: redis.Redis, owners: Mapping[str, str], ttl_ms: int) -> list[int]:
    """Tokens by key, in order; 0 for those that another one holds."""
    if not owners:
        return []
    script = state.register_script(_ACQUIRE_ALL)
    return cast("list[int]", script(keys=list(owners), args=[ttl_ms, MAX_TTL_MS, *owners.values()]))


def free(state: redis.Redis, keys: Sequence[str]) -> list[str]:
    """Which of these leases nobody holds now."""
    with state.pipeline(transaction=False) as pipeline:
        pipeline.time()
        for key in keys:
            pipeline.hmget(key, ["owner", "expires_at_ms"])
        (seconds, microseconds), *found = pipeline.execute()
    now_ms = seconds * 1000 + microseconds // 1000
    return [key for key, (owner, until) in zip(keys, found, strict=True) if not owner or _is_over(until, now_ms)]


def _is_over(until: bytes | None, now_ms: int) -> bool:
    if until is None or not until.isdigit() or len(until) > _MAX_DIGITS:
        return True
    return not 0 < int(until) - now_ms <= MAX_TTL_MS


def release(state: redis.Redis, lease: Lease) -> None:
    """Give the lease up, so that the next owner need not wait for its expiry."""
    state.eval(_RELEASE, 1, lease.key, lease.owner)


def watch(pipeline: Pipeline, lease: Lease) -> None:
    """Put a transaction behind the lease: it fails if the owner changes before EXEC.

    Raises:
        LeaseLost: the owner has changed already.
    """
    pipeline.watch(lease.key)  # type: ignore[no-untyped-call]
    owner, token = cast("list[bytes | None]", pipeline.hmget(lease.key, ["owner", "token"]))
    if owner != lease.owner.encode() or token != str(lease.token).encode():
        raise LeaseLost(lease.key)
