"""The producers' half of sealed logins: one key for all of them, whose public half anybody may seal for."""

import logging

import redis

from shared import heartbeats
from shared.logins import CameraKey, CameraKeyUnusable, default_key_file
from shared.settings import ProducerSettings
from shared.streams import CAMERA_KEY

_log = logging.getLogger(__name__)


class OtherCameraKey(Exception):
    """Producers that run have another key: give this one the same."""


def load(settings: ProducerSettings) -> CameraKey | None:
    """The key of this producer; without a place for one, cameras without a stored login run all the same.

    Raises:
        CameraKeyUnusable: the file that was asked for cannot be used.
    """
    try:
        return CameraKey.at(settings.camera_key_file or default_key_file())
    except CameraKeyUnusable as error:
        if settings.camera_key_file is not None:
            raise
        _log.warning("%s; set MASKWATCH_CAMERA_KEY_FILE, or cameras with a stored login will not open", error)
        return None


def publish(state: redis.Redis, key: CameraKey) -> None:
    """Let others seal for the key.

    Raises:
        OtherCameraKey: producers that run can open another one's only.
    """
    state.set(CAMERA_KEY, key.public, nx=True)
    known = state.get(CAMERA_KEY)
    if known == key.public.encode():
        return
    if any(process.role == "producer" for process in heartbeats.read(state)):
        raise OtherCameraKey("the producers that run have another camera key: set MASKWATCH_CAMERA_KEY_FILE to theirs")
    _log.warning("there is a new camera key: logins that were stored for the one before have to be given again")
    state.set(CAMERA_KEY, key.public)
