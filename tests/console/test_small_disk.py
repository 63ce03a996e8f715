import subprocess
import sys
from pathlib import Path

import pytest

from tests.small_disk import a_small_disk

MASKWATCH = str(Path(sys.executable).with_name("maskwatch"))


@pytest.mark.parametrize("room", [0, 100_000])
def test_a_system_whose_data_folder_has_no_room_says_so_in_one_line(room: int) -> None:
    with a_small_disk() as disk:
        disk.fill(leave=room)
        command = [MASKWATCH, "up", "--data", str(disk.root / "data"), "--port", "0"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
        assert done.returncode == 1
        (line,) = done.stderr.strip().splitlines()
        assert "No space left on device" in line
