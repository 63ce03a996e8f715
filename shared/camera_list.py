"""The cameras that the operator wants watched, as they stand on the state server."""

import logging
from collections.abc import Mapping
from functools import lru_cache
from typing import cast

import redis
from pydantic import ValidationError

from shared.cameras import Camera, CaptureStatus
from shared.streams import CAMERAS, HEARTBEAT_CAMERA

_log = logging.getLogger(__name__)


def read(state: redis.Redis) -> dict[str, Camera]:
    """The cameras by id, without those that cannot be understood, which are named once.

    Raises:
        redis.RedisError: the state server did not answer.
    """
    return readable(cast("dict[bytes, bytes]", state.hgetall(CAMERAS)))


def readable(stored: Mapping[bytes, bytes]) -> dict[str, Camera]:
    """The same of what ``CAMERAS`` holds: one camera of a newer release must not take the others down."""
    cameras = [_parsed(camera_id, value) for camera_id, value in stored.items()]
    return {camera.id: camera for camera in cameras if camera is not None}


def captured(stored: bytes | str | None) -> CaptureStatus | None:
    """What a producer last said of a camera; ``None`` where it said nothing, or a newer one what is unknown here."""
    try:
        return CaptureStatus.model_validate_json(stored) if stored else None
    except ValidationError:
        return None


# Read twice a second by each producer and events worker, while declarations hardly ever change.
@lru_cache(maxsize=4096)
def _parsed(camera_id: bytes, value: bytes) -> Camera | None:
    try:
        camera = Camera.model_validate_json(value)
    except ValidationError as error:
        _say(camera_id, str(error.errors()[0]["msg"]))
        return None
    if camera.id.encode() != camera_id or camera.id == HEARTBEAT_CAMERA:
        _say(camera_id, f"it is that of {camera.id}")
        return None
    return camera


def _say(camera_id: bytes, why: str) -> None:
    name = camera_id.decode(errors="replace")
    _log.error("camera %r is left out, since its declaration cannot be understood here: %s", name, why)
