"""The address at which this machine can open a camera, with its login where that is here."""

from console.cameras import keys as camera_keys
from console.errors import CommandFailed
from console.finding import RunningSystem
from shared.cameras import Camera
from shared.logins import CameraKey, LoginUnavailable, address_of


def address(system: RunningSystem, camera: Camera) -> str:
    """What a producer on this machine would open. It holds the login: never show it.

    Raises:
        CommandFailed: the login cannot be had here.
    """
    if not camera.sealed_source:
        return unsealed(camera)
    key = camera_keys.key_here(system.servers.state, system.data)
    if key is None:
        raise CommandFailed(
            f"the login of {camera.id} is sealed, and its key is not on this machine: "
            "do this where the producer runs, or give the address with the login"
        )
    return _opened(camera, key)


def unsealed(camera: Camera) -> str:
    """The address of a camera whose login, if it has one, is in this process's environment or in a file.

    Raises:
        CommandFailed: it is not there.
    """
    return _opened(camera, None)


def _opened(camera: Camera, key: CameraKey | None) -> str:
    try:
        return address_of(camera, key)
    except LoginUnavailable as error:
        raise CommandFailed(str(error).replace("the producer's environment", "the environment here")) from error
