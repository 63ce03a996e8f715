"""Raw pictures live seconds: old frames leave the frames server by age, also those of stopped cameras."""

import redis

from shared.foreign_keys import is_foreign
from shared.streams import WORKER_GROUP, KeySpace

EntryId = tuple[int, int]  # milliseconds of the server's clock, number within them

_NOW_MS = """
local now = redis.call('TIME')
return now[1] * 1000 + math.floor(now[2] / 1000)
"""


def trim_lossless(frames: redis.Redis, keys: KeySpace, camera: str, max_age_s: float) -> None:
    """Remove frames that are older than ``max_age_s`` and judged; a file's others must stay."""
    stream = keys.frames(camera)
    first_unjudged = _first_unjudged(frames, stream)
    if first_unjudged is not None:
        floor = min(first_unjudged, _oldest_allowed(frames, stream, max_age_s))
        frames.xtrim(stream, minid=_text(floor), approximate=False)


def has_unjudged(frames: redis.Redis, keys: KeySpace, camera: str) -> bool:
    """Whether the stream holds frames that no worker has acknowledged."""
    stream = keys.frames(camera)
    last = frames.xrevrange(stream, count=1)
    if not last:
        return False
    first_unjudged = _first_unjudged(frames, stream)
    return first_unjudged is None or first_unjudged <= _parsed(last[0][0])


def _first_unjudged(frames: redis.Redis, stream: str) -> EntryId | None:
    """The lowest id that may still have to be judged; ``None`` before workers made their group."""
    try:
        groups = frames.xinfo_groups(stream)
        pending = frames.xpending(stream, WORKER_GROUP)
    except redis.ResponseError as error:
        if is_foreign(error):
            raise
        return None  # no stream or no group
    ours = next(group for group in groups if group["name"] in (WORKER_GROUP, WORKER_GROUP.encode()))
    delivered_ms, number = _parsed(ours["last-delivered-id"])
    behind = (delivered_ms, number + 1)
    return min(behind, _parsed(pending["min"])) if pending["pending"] else behind


def _oldest_allowed(frames: redis.Redis, stream: str, max_age_s: float) -> EntryId:
    # By the clock of the server that has the stream, which made the ids.
    now_ms = int(frames.eval(_NOW_MS, 1, stream))
    return max(0, now_ms - int(max_age_s * 1000)), 0


def _parsed(entry_id: bytes | str | None) -> EntryId:
    text = entry_id.decode() if isinstance(entry_id, bytes) else str(entry_id)
    milliseconds, number = text.split("-")
    return int(milliseconds), int(number)


def _text(entry_id: EntryId) -> str:
    return f"{entry_id[0]}-{entry_id[1]}"
