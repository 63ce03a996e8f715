"""The camera key of a system: what logins are sealed for, and what opens them on this machine."""

import base64
import binascii
import os
from pathlib import Path
from typing import cast

import redis
from nacl.bindings import crypto_box_SEALBYTES

from console.errors import BadInput, CommandFailed
from deploy.local.data_folder import DataFolder
from shared.logins import CameraKey, CameraKeyUnusable, LoginUnavailable, default_key_file
from shared.redaction import redact
from shared.settings import ProducerSettings, load
from shared.streams import CAMERA_KEY


def key_file(data: DataFolder | None) -> Path:
    """Where this machine's key is: where the settings say, else in the system's data folder, else the user's own."""
    configured = load(ProducerSettings).camera_key_file
    if configured is not None:
        return configured.expanduser().resolve()
    return data.camera_key if data is not None else default_key_file()


def published(state: redis.Redis) -> str:
    """What logins are sealed for.

    Raises:
        CommandFailed: no producer has said it yet.
    """
    public = cast("bytes | None", state.get(CAMERA_KEY))
    if public is None:
        raise CommandFailed(
            "the login cannot be stored: the system has no camera key yet; start `maskwatch up` or a producer first"
        )
    return public.decode()


def is_sealed(text: str) -> bool:
    """Whether a text could be something sealed, for whichever key."""
    try:
        return len(base64.b64decode(text, validate=True)) > crypto_box_SEALBYTES
    except binascii.Error:
        return False


def check_sealed(key: CameraKey, sealed: str, source: str) -> None:
    """See that something sealed opens and is the source whose login is hidden.

    Raises:
        BadInput: it is not.
    """
    try:
        address = key.open(sealed)
    except LoginUnavailable as error:
        raise BadInput("it was sealed for another camera key: give the address with its login") from error
    if redact(address) != source:
        raise BadInput("it was sealed for another address: give the address with its login")


def key_here(state: redis.Redis, data: DataFolder | None) -> CameraKey | None:
    """The system's private key if this machine has it and this user may read it."""
    file = key_file(data)
    if not os.access(file, os.R_OK):
        return None
    try:
        key = CameraKey.at(file)
    except CameraKeyUnusable:
        return None
    return key if state.get(CAMERA_KEY) == key.public.encode() else None
