"""A camera on this machine, by its number or device file."""

from collections.abc import Iterator
from functools import partial

import cv2
import numpy as np

from producer.sources.base import ConnectionFailed, Picture, SourceLimits, StreamEnded


class UsbCamera:
    """An opened Video4Linux device."""

    codec = "raw"

    def __init__(self, device: str, limits: SourceLimits) -> None:
        """Open the device.

        Raises:
            ConnectionFailed: it is missing, in use or no camera.
        """
        path = f"/dev/video{device}" if device.isdigit() else device
        timeouts = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, int(limits.open_timeout_s * 1000)]
        timeouts += [cv2.CAP_PROP_READ_TIMEOUT_MSEC, int(limits.read_timeout_s * 1000)]
        self._name = path
        self._capture = cv2.VideoCapture(path, cv2.CAP_V4L2, timeouts)
        if not self._capture.isOpened():
            raise ConnectionFailed(f"camera {path} cannot be opened: missing, in use or not permitted")
        self.fps: float | None = self._capture.get(cv2.CAP_PROP_FPS) or None

    def pictures(self) -> Iterator[Picture]:
        """Pictures as they come.

        Raises:
            StreamEnded: the camera gave none in time, or was unplugged.
        """
        while True:
            is_read, pixels = self._capture.read()
            if not is_read:
                raise StreamEnded(f"camera {self._name} gives no more pictures")
            yield Picture(pixels=partial(np.asarray, pixels, dtype=np.uint8))

    def close(self) -> None:
        """Free the device."""
        self._capture.release()
