"""A camera on this machine, by its number or device file."""

import os
import stat
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from producer.sources.base import ConnectionFailed, Luma, Picture, Pixels, SourceLimits, StreamEnded


class UsbCamera:
    """An opened Video4Linux device."""

    codec = "raw"
    is_steady = True
    can_freeze = True

    def __init__(self, device: str, limits: SourceLimits) -> None:
        """Open the device.

        Raises:
            ConnectionFailed: it is missing, not permitted, no camera or in use.
        """
        path = f"/dev/video{device}" if device.isdigit() else device
        _check(path)
        timeouts = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, int(limits.open_timeout_s * 1000)]
        timeouts += [cv2.CAP_PROP_READ_TIMEOUT_MSEC, int(limits.read_timeout_s * 1000)]
        self._name = path
        self._capture = cv2.VideoCapture(path, cv2.CAP_V4L2, timeouts)
        if not self._capture.isOpened():
            raise ConnectionFailed(f"camera {path} gives no pictures: another program uses it, or it is no camera")
        self.fps: float | None = self._capture.get(cv2.CAP_PROP_FPS) or None

    def pictures(self) -> Iterator[Picture]:
        """Pictures as they come.

        Raises:
            StreamEnded: the camera gave none in time, or was unplugged.
        """
        while True:
            is_read, pixels = self._capture.read()
            if not is_read:
                raise StreamEnded(f"camera {self._name} gives no more pictures: is it still plugged in?")
            taken = np.asarray(pixels, dtype=np.uint8)
            yield Picture(pixels=partial(np.asarray, taken), luma=partial(_luma_of, taken))

    def close(self) -> None:
        """Free the device."""
        self._capture.release()


def _check(path: str) -> None:
    """Say what OpenCV does not: why a device cannot be opened."""
    try:
        mode = Path(path).stat().st_mode
    except OSError:
        raise ConnectionFailed(f"there is no camera {path}: plug it in, or correct the number") from None
    if not stat.S_ISCHR(mode):
        raise ConnectionFailed(f"{path} is no camera: name a device such as /dev/video0")
    if not os.access(path, os.R_OK | os.W_OK):
        raise ConnectionFailed(f"camera {path} is not permitted: add this user to the group video")


def _luma_of(pixels: Pixels) -> Luma:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
