"""From a wish to the camera that is stored, whose source holds no login."""

from pathlib import Path

import redis

from console.cameras import keys as camera_keys
from console.cameras.wishes import Wish
from console.errors import BadInput
from shared.cameras import Camera
from shared.logins import LoginUnavailable, seal
from shared.redaction import redact


def camera_of(state: redis.Redis, wish: Wish, known: Camera | None) -> Camera:
    """The camera that fulfils a wish, in epoch 0; ``known`` is what the id stands for now.

    Raises:
        BadInput: its login is hidden and not known.
        CommandFailed: it has a login, and the system has no key for it.
    """
    source = redact(wish.source)
    values = {**vars(wish), "source": source, "sealed_source": _sealed_source(state, wish, known)}
    if known is not None and known.source == source and not Path(source).exists():
        # Whether a path is a folder is seen only where it is.
        values |= {"kind": known.kind, "on_overload": known.on_overload}
    return Camera.model_validate(values)


def _sealed_source(state: redis.Redis, wish: Wish, known: Camera | None) -> str:
    if wish.has_login_to_seal and not wish.is_hidden:
        return sealed(state, wish.source)
    if not wish.is_hidden:
        return ""
    if wish.sealed_source:
        return wish.sealed_source
    if known is not None and known.source == wish.source and known.sealed_source:
        return known.sealed_source
    advice = "write it out, or use --login-env, --login-file or --login-ask"
    raise BadInput(f"camera {wish.id}: its login is hidden: {advice}")


def sealed(state: redis.Redis, source: str) -> str:
    """A source encrypted for the producers.

    Raises:
        BadInput, CommandFailed: the system's key is none, or there is none yet.
    """
    try:
        return seal(source, camera_keys.published(state))
    except LoginUnavailable as error:
        raise BadInput(str(error)) from error
