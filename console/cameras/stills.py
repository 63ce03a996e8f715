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
    return _newest(system, camera)[1]


def newest_jpeg(system: RunningSystem, camera: Camera) -> bytes:
    """The same as the camera gave it.

    Raises:
        CommandFailed: as ``newest``.
    """
    return _newest(system, camera)[0]


def _newest(system: RunningSystem, camera: Camera) -> tuple[bytes, Pixels]:
    entries = system.servers.frames.xrevrange(system.keys.frames(camera.id), count=1)
    fields = cast("dict[bytes, bytes]", entries[0][1]) if entries else {}
    jpeg = fields.get(JPEG, b"")
    picture = _decoded(jpeg)
    return _taken(system, camera) if picture is None else (jpeg, picture)


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
