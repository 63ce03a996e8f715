import os
from pathlib import Path

import pytest

from producer.sources.base import ConnectionFailed, SourceLimits
from producer.sources.usb import UsbCamera

LIMITS = SourceLimits(1.0, 1.0)


def test_a_camera_that_is_not_there_is_named() -> None:
    with pytest.raises(ConnectionFailed, match="there is no camera /dev/video63: plug it in"):
        UsbCamera("63", LIMITS)


def test_a_file_is_no_camera(tmp_path: Path) -> None:
    path = tmp_path / "video0"
    path.write_text("no device")
    with pytest.raises(ConnectionFailed, match="is no camera"):
        UsbCamera(str(path), LIMITS)


def test_a_device_that_gives_no_pictures_is_in_use_or_no_camera() -> None:
    with pytest.raises(ConnectionFailed, match="another program uses it, or it is no camera"):
        UsbCamera("/dev/null", LIMITS)


@pytest.mark.skipif(os.access("/dev/mem", os.R_OK) or not Path("/dev/mem").exists(), reason="this user may open it")
def test_a_device_that_this_user_may_not_open_says_so() -> None:
    with pytest.raises(ConnectionFailed, match="is not permitted: add this user to the group video"):
        UsbCamera("/dev/mem", LIMITS)
