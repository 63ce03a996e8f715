"""Cameras on the servers, results that come of them, and what was counted."""

from typing import Any

from shared.cameras import Camera
from shared.connections import Servers
from shared.messages import FrameResult
from shared.streams import CAMERAS, RESULT, KeySpace

KEYS = KeySpace()


def attach(servers: Servers, *camera_ids: str, source: str = "clip.mp4") -> None:
    """Declare cameras, in their first epoch."""
    for camera_id in camera_ids:
        camera = Camera.model_validate({"id": camera_id, "source": source, "epoch": 1})
        servers.state.hset(CAMERAS, camera_id, camera.model_dump_json())


def publish(servers: Servers, *results: FrameResult, camera: str = "gate") -> None:
    """Write results as a worker does."""
    for result in results:
        fields: dict[Any, Any] = {RESULT: result.model_copy(update={"camera": camera}).model_dump_json()}
        servers.frames.xadd(KEYS.results(camera), fields)


def counted(servers: Servers, field: str, camera: str = "gate") -> int:
    """One of a camera's counts."""
    return int(servers.state.hget(KEYS.counts(camera), field) or 0)
