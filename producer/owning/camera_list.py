"""The cameras that the operator wants watched, as they stand on the state server."""

import logging

import redis
from pydantic import ValidationError

from shared.cameras import Camera
from shared.streams import CAMERAS

_log = logging.getLogger(__name__)


class CameraList:
    """Reads the list; an entry that cannot be understood is named once and left out."""

    def __init__(self, state: redis.Redis) -> None:
        """Nothing is read yet."""
        self._state = state
        self._unreadable: set[bytes | str] = set()

    def read(self) -> dict[str, Camera]:
        """The cameras by id.

        Raises:
            redis.RedisError: the state server did not answer.
        """
        stored = self._state.hgetall(CAMERAS)
        cameras = [self._parsed(camera_id, value) for camera_id, value in stored.items()]
        return {camera.id: camera for camera in cameras if camera is not None}

    def _parsed(self, camera_id: bytes | str, value: bytes | str) -> Camera | None:
        try:
            return Camera.model_validate_json(value)
        except ValidationError as error:
            # One camera of a newer release, or a mistyped one, must not take the others down.
            if value not in self._unreadable:
                _log.error("camera %r cannot be understood: %s", camera_id, error.errors()[0]["msg"])
                self._unreadable.add(value)
            return None
