import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest

from producer.owning import camera_key
from producer.owning.camera_key import OtherCameraKey
from shared import heartbeats
from shared.connections import Servers
from shared.logins import CameraKey, CameraKeyUnusable
from shared.messages import ProcessInfo
from shared.settings import ProducerSettings
from shared.streams import CAMERA_KEY


def _settings(path: Path) -> ProducerSettings:
    return ProducerSettings.model_validate({"camera_key_file": path})


def _a_producer_lives(servers: Servers) -> None:
    now = datetime.now(UTC)
    info = ProcessInfo(id="producer-1", role="producer", pid=1, host="a", started_at=now, heartbeat_at=now)
    heartbeats.write(servers.state, info)


def test_the_first_producer_says_for_which_key_to_seal(servers: Servers, tmp_path: Path) -> None:
    key = camera_key.load(_settings(tmp_path / "key"))
    assert key is not None
    camera_key.publish(servers.state, key)
    camera_key.publish(servers.state, key)
    assert servers.state.get(CAMERA_KEY) == key.public.encode()


def test_a_producer_with_another_key_than_those_that_run_is_refused(servers: Servers, tmp_path: Path) -> None:
    camera_key.publish(servers.state, CameraKey.at(tmp_path / "one"))
    _a_producer_lives(servers)
    with pytest.raises(OtherCameraKey, match="MASKWATCH_CAMERA_KEY_FILE"):
        camera_key.publish(servers.state, CameraKey.at(tmp_path / "other"))


def test_a_key_that_was_lost_is_replaced_and_said(
    servers: Servers, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    camera_key.publish(servers.state, CameraKey.at(tmp_path / "lost"))
    new = CameraKey.at(tmp_path / "new")
    with caplog.at_level(logging.WARNING):
        camera_key.publish(servers.state, new)
    assert servers.state.get(CAMERA_KEY) == new.public.encode()
    assert "have to be given again" in caplog.text


def test_a_file_that_was_asked_for_and_cannot_be_used_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("no key")
    with pytest.raises(CameraKeyUnusable):
        camera_key.load(_settings(tmp_path / "key"))


def test_without_any_place_for_a_key_cameras_without_a_login_can_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    assert camera_key.load(ProducerSettings()) is None
    assert "MASKWATCH_CAMERA_KEY_FILE" in caplog.text
