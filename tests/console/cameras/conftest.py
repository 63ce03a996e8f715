"""A real server, a camera key and the command."""

from pathlib import Path

import pytest

from shared.connections import Servers
from shared.logins import CameraKey
from tests.console.cameras.builders import Commands, with_key


@pytest.fixture
def key(servers: Servers, tmp_path: Path) -> CameraKey:
    return with_key(servers, tmp_path)


@pytest.fixture
def camera(servers: Servers, redis_url: str, capsys: pytest.CaptureFixture[str]) -> Commands:
    """Runs `maskwatch camera` on the empty server."""
    return Commands(redis_url, capsys)
