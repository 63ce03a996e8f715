"""Whether a state server that others run keeps what it is told: an append-only file, and no eviction."""

from collections.abc import Mapping
from typing import cast

import redis

_OPTIONS = ("appendonly", "maxmemory", "maxmemory-policy")


def doubts(state: redis.Redis) -> list[str]:
    """What is to be feared for counts, a line each; nothing where the server does not tell its configuration.

    Raises:
        redis.ConnectionError: it does not answer.
    """
    try:
        options = cast("Mapping[str | bytes, str | bytes]", state.config_get(*_OPTIONS))
    except redis.ResponseError:  # a server that others run may not allow it
        return []
    return _doubts({_text(name): _text(value) for name, value in options.items()})


def _doubts(options: Mapping[str, str]) -> list[str]:
    found = []
    if options.get("appendonly") == "no":
        found.append("the state server keeps no append-only file: counts are lost when it stops (appendonly yes)")
    policy = options.get("maxmemory-policy", "noeviction")
    if policy != "noeviction" and options.get("maxmemory", "0") != "0":
        found.append(f"the state server may evict counts (maxmemory-policy {policy}): set it to noeviction")
    return found


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
