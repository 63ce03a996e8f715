"""What a person may do with the record of a violation: dismiss it, take that back, erase it.

Counts change together with the record, once, whoever else does the same at that moment.
"""

from collections.abc import Collection
from typing import cast

import redis

from shared.messages import Dismissal, Violation
from shared.streams import CountField, KeySpace, quarter_of

_LOG_BATCH = 500

# A quarter of an hour that has expired must not come back, without an expiry and with this count alone.
_COUNT = """
local function count(amount)
  redis.call('HINCRBY', KEYS[3], ARGV[2], amount)
  if redis.call('EXISTS', KEYS[4]) == 1 then redis.call('HINCRBY', KEYS[4], ARGV[2], amount) end
end
"""
# A violation that was erased meanwhile is not dismissed: nothing would ever remove its dismissal.
_DISMISS = f"""{_COUNT}
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
if redis.call('HSETNX', KEYS[2], ARGV[1], ARGV[3]) == 0 then return 0 end
count(1)
return 1
"""
_RESTORE = f"""{_COUNT}
if redis.call('HDEL', KEYS[2], ARGV[1]) == 0 then return 0 end
count(-1)
return 1
"""


def dismiss(state: redis.Redis, keys: KeySpace, violation: Violation, dismissal: Dismissal) -> bool:
    """Note that it is none, and lower the confirmed count; false where it was dismissed already or is erased.

    Raises:
        redis.RedisError: the server does not answer; whether it was done is unknown, and doing it again is safe.
    """
    return bool(state.eval(_DISMISS, 4, *_keys(keys, violation), *_arguments(violation), dismissal.model_dump_json()))


def restore(state: redis.Redis, keys: KeySpace, violation: Violation) -> bool:
    """Take a dismissal back, in the counts too; false where there is none.

    Raises:
        redis.RedisError: as ``dismiss``.
    """
    return bool(state.eval(_RESTORE, 4, *_keys(keys, violation), *_arguments(violation)))


def drop_requests(state: redis.Redis, keys: KeySpace, camera: str, ids: Collection[str]) -> None:
    """Ask no longer for the pictures of these violations, and forget their faces that wait for it."""
    if ids:
        pipeline = state.pipeline(transaction=True)
        pipeline.hdel(keys.snapshot_requests(camera), *ids)
        pipeline.hdel(keys.snapshot_faces(camera), *ids)
        pipeline.execute()


def forget(state: redis.Redis, keys: KeySpace, camera: str, ids: Collection[str]) -> int:
    """Remove records, dismissals, requests and log entries of a camera's violations; counts stay.

    Returns how many records there were. One that is open does not come back (see the events stage's ledger).
    Removes nothing twice, so it can be run again after a failure; entries of the log go first, since
    without the record nobody would know of them.
    """
    if not ids:
        return 0
    _forget_in_log(state, keys.violation_log(camera), frozenset(ids))
    removed = forget_records(state, keys, camera, ids)
    # What an open one wrote into the log until its record was gone.
    _forget_in_log(state, keys.violation_log(camera), frozenset(ids))
    return removed


def forget_records(state: redis.Redis, keys: KeySpace, camera: str, ids: Collection[str]) -> int:
    """Remove records, dismissals and requests, at least one, in one transaction; returns how many records."""
    pipeline = state.pipeline(transaction=True)
    pipeline.hdel(keys.violations(camera), *ids)
    pipeline.hdel(keys.dismissals(camera), *ids)
    pipeline.hdel(keys.snapshot_requests(camera), *ids)
    pipeline.hdel(keys.snapshot_faces(camera), *ids)
    return int(pipeline.execute()[0])


def _forget_in_log(state: redis.Redis, key: str, ids: frozenset[str]) -> None:
    after = "-"
    while entries := cast("list[tuple[bytes, dict[bytes, bytes]]]", state.xrange(key, min=after, count=_LOG_BATCH)):
        gone = [entry_id for entry_id, fields in entries if _id_in(fields.get(b"violation", b"")) in ids]
        if gone:
            state.xdel(key, *gone)
        after = f"({entries[-1][0].decode()}"


def _id_in(violation_json: bytes) -> str:
    """The id of a record, which comes before all that an outsider could have named; "" in garbage."""
    _, found, behind = violation_json.partition(b'"id":"')
    return behind.partition(b'"')[0].decode(errors="replace") if found else ""


def _keys(keys: KeySpace, violation: Violation) -> tuple[str, str, str, str]:
    camera = violation.camera
    history = keys.history(camera, quarter_of(violation.opened_at))
    return keys.violations(camera), keys.dismissals(camera), keys.counts(camera), history


def _arguments(violation: Violation) -> tuple[str, str]:
    return violation.id, CountField.DISMISSED
