"""Whether a state server that others run keeps what it is told: an append-only file, and no eviction."""

from collections.abc import Mapping
from typing import cast

import redis


def doubts(state: redis.Redis) -> list[str]:
    """What is to be feared for counts, a line each; nothing where the server does not tell how it is set up.

    Raises:
        redis.ConnectionError: it does not answer.
    """
    try:
        # Not CONFIG, which tells passwords and files too: a login need not be allowed that.
        told = [cast("Mapping[str, str | int]", state.info(section)) for section in ("persistence", "memory")]
    except redis.ResponseError:  # a server that others run may not allow it
        return []
    return _doubts({**told[0], **told[1]})


def _doubts(told: Mapping[str, str | int]) -> list[str]:
    found = []
    if told.get("aof_enabled") == 0:
        found.append("the state server keeps no append-only file: counts are lost when it stops (appendonly yes)")
    policy = told.get("maxmemory_policy", "noeviction")
    if policy != "noeviction" and told.get("maxmemory", 0) != 0:
        found.append(f"the state server may evict counts (maxmemory-policy {policy}): set it to noeviction")
    return found
