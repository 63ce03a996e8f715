"""A system with a camera key, and commands run on it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from console.cameras.wishes import Wish
from console.command import run
from shared.cameras import Camera
from shared.connections import Servers
from shared.logins import CameraKey, address_of
from shared.streams import CAMERA_KEY, CAMERAS

PASSWORD = "correct-horse"  # noqa: S105 - of a camera that is not there
SECRET = f"rtsp://guard:{PASSWORD}@10.0.0.9/stream"
HIDDEN = "rtsp://***@10.0.0.9/stream"


def a_wish(camera_id: str = "gate", source: str = "rtsp://10.0.0.9/", **values: object) -> Wish:
    return replace(Wish(camera_id, source), **values)  # type: ignore[arg-type]


def with_key(servers: Servers, folder: Path) -> CameraKey:
    """The producers' key, its public half published as they do."""
    key = CameraKey.at(folder / "camera.key")
    servers.state.set(CAMERA_KEY, key.public)
    return key


def stored(servers: Servers, camera_id: str = "gate") -> Camera:
    value = servers.state.hget(CAMERAS, camera_id)
    assert isinstance(value, bytes)
    return Camera.model_validate_json(value)


def attached_ids(servers: Servers) -> list[str]:
    return sorted(json.loads(value)["id"] for value in servers.state.hgetall(CAMERAS).values())


def opened(servers: Servers, key: CameraKey, camera_id: str = "gate") -> str:
    """The address that a producer opens."""
    return address_of(stored(servers, camera_id), key, {})


class Commands:
    """Runs `maskwatch camera ...` on a system and keeps all that was printed."""

    def __init__(self, redis_url: str, capsys: pytest.CaptureFixture[str]) -> None:
        self._redis = ["--redis", redis_url]
        self._capsys = capsys
        self.everything = ""

    def run(self, *arguments: str, code: int = 0) -> str:
        """What the command printed; for a failure its one line."""
        ended = run(["camera", *arguments, *self._redis])
        out, err = self._capsys.readouterr()
        self.everything += out + err
        assert ended == code, out + err
        if code:
            assert len(err.splitlines()) == 1, err
        return err if code else out

    def refused(self, *arguments: str) -> str:
        """The line with which a mistake is refused."""
        return self.run(*arguments, code=2)
