"""Notices that a results stream began anew with ids below those that were read already.

Entry ids are the frames server's clock. That server forgets its streams when it dies, and a machine without a
battery-backed clock may start again in the past: whoever waits for higher ids then waits until the clock has
caught up.
"""

from collections.abc import Sequence

import redis

from shared.foreign_keys import is_foreign
from shared.streams import KeySpace
from worker.events.camera_stage import CameraStage

_START = "0-0"

# The id alone: the entry holds pictures.
_NEWEST_ID = """
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
return newest and newest[1]
"""


def read_again_where_ids_fell(frames: redis.Redis, keys: KeySpace, stages: Sequence[CameraStage]) -> list[str]:
    """Let these stages read their streams from the start where the newest id lies below; returns their cameras.

    What they have judged already is recognised by its number.

    Raises:
        redis.RedisError: the frames server does not answer.
    """
    newest_id = frames.register_script(_NEWEST_ID)
    with frames.pipeline(transaction=False) as pipeline:
        for stage in stages:
            newest_id(keys=[keys.results(stage.camera)], client=pipeline)
        newest = pipeline.execute(raise_on_error=False)
    fallen = [stage for stage, each in zip(stages, newest, strict=True) if _has_read_past(stage, each)]
    for stage in fallen:
        stage.read_from(_START)
    return [stage.camera for stage in fallen]


def _has_read_past(stage: CameraStage, newest: bytes | Exception | None) -> bool:
    if isinstance(newest, Exception):
        if is_foreign(newest):  # which reading says
            return False
        raise newest
    return newest is not None and stage.has_read_past(newest.decode())
