"""A picture of a camera for people to look at: its newest frame, or one that is taken for the purpose."""

from pathlib import Path
from typing import cast

import cv2
import numpy as np

from console.cameras import addresses
from console.cameras.zone_picture import Pixels
from console.errors import BadInput, CommandFailed
from console.finding import RunningSystem
from producer import camera_test
from shared.cameras import Camera
from shared.streams import JPEG

_TIMEOUT_S = 5.0


def newest(system: RunningSystem, camera: Camera) -> Pixels:
    """The newest picture of an attached camera, BGR.

    Raises:
        CommandFailed: the frames server has none, and the source gives none.
    """
    picture = _decoded(_last_frame(system, camera))
    return _taken(system, camera)[1] if picture is None else picture


def waiting(system: RunningSystem, camera: Camera) -> bytes | None:
    """The newest frame on the frames server, as the camera gave it; ``None`` where there is none to look at."""
    jpeg = _last_frame(system, camera)
    return None if _decoded(jpeg) is None else jpeg


def taken(system: RunningSystem, camera: Camera) -> bytes:
    """A picture for which the camera is opened, within about five seconds.

    Raises:
        CommandFailed: it gives none.
    """
    return _taken(system, camera)[0]


def _last_frame(system: RunningSystem, camera: Camera) -> bytes:
    entries = system.servers.frames.xrevrange(system.keys.frames(camera.id), count=1)
    fields = cast("dict[bytes, bytes]", entries[0][1]) if entries else {}
    return fields.get(JPEG, b"")


def write(path: Path, picture: Pixels) -> None:
    """Write a picture in the format that the file's name says.

    Raises:
        BadInput: the folder cannot be written to, or the name says no format that is known.
    """
    try:
        is_written = cv2.imwrite(str(path), picture)
    except cv2.error as error:
        raise BadInput(f"{path} names no picture format: end it in .jpg or .png") from error
    if not is_written:
        raise BadInput(f"{path} cannot be written")


def _taken(system: RunningSystem, camera: Camera) -> tuple[bytes, Pixels]:
    try:
        report = camera_test.probe(addresses.address(system, camera), _TIMEOUT_S, camera.transport)
    except (camera_test.SourceError, CommandFailed) as error:
        raise CommandFailed(f"camera {camera.id} gives no picture: {error}") from error
    picture = _decoded(report.still)
    if picture is None:
        raise CommandFailed(f"camera {camera.id} gives no picture that can be decoded")
    return report.still, picture


def _decoded(jpeg: bytes) -> Pixels | None:
    if not jpeg:
        return None
    pixels = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    return None if pixels is None else np.asarray(pixels, np.uint8)
