import stat
from pathlib import Path

import pytest

from shared.cameras import Camera
from shared.logins import CameraKey, CameraKeyUnusable, LoginUnavailable, address_of, seal

SOURCE = "rtsp://admin:hunter2@10.0.0.1/stream"


def _camera(**values: object) -> Camera:
    return Camera.model_validate({"id": "gate", "source": "rtsp://10.0.0.1/stream"} | values)


def test_what_is_sealed_opens_with_the_key_and_shows_nothing(tmp_path: Path) -> None:
    key = CameraKey.at(tmp_path / "key")
    sealed = seal(SOURCE, key.public)
    assert "hunter2" not in sealed
    assert sealed != seal(SOURCE, key.public)
    assert address_of(_camera(sealed_source=sealed), key) == SOURCE


def test_the_key_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "key"
    assert CameraKey.at(path).public == CameraKey.at(path).public
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    sealed = seal(SOURCE, CameraKey.at(tmp_path / "one").public)
    with pytest.raises(LoginUnavailable, match="give the login again"):
        address_of(_camera(sealed_source=sealed), CameraKey.at(tmp_path / "other"))


@pytest.mark.parametrize("content", [b"", b"no key", b"\xff\xfe", b"c2hvcnQ="])
def test_a_file_that_holds_no_key_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(content)
    with pytest.raises(CameraKeyUnusable, match="holds no camera key"):
        CameraKey.at(tmp_path / "key")


def test_a_key_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CameraKeyUnusable, match="cannot be used"):
        CameraKey.at(tmp_path / "file" / "key")


@pytest.mark.parametrize("public", ["", "no key", "c2hvcnQ="])
def test_sealing_needs_a_key(public: str) -> None:
    with pytest.raises(LoginUnavailable):
        seal(SOURCE, public)


def test_a_login_of_the_environment_is_put_into_the_address(tmp_path: Path) -> None:
    key = CameraKey.at(tmp_path / "key")
    camera = _camera(login="env:GATE_LOGIN")
    assert address_of(camera, key, {"GATE_LOGIN": "ad min:p@ss/word:1"}) == (
        "rtsp://ad%20min:p%40ss%2Fword%3A1@10.0.0.1/stream"
    )


def test_a_login_of_a_file_is_read_at_each_call(tmp_path: Path) -> None:
    key = CameraKey.at(tmp_path / "key")
    path = tmp_path / "login"
    camera = _camera(login=f"file:{path}")
    for password in ("one", "two"):
        path.write_text(f"guard:{password}\n")
        assert address_of(camera, key) == f"rtsp://guard:{password}@10.0.0.1/stream"


@pytest.mark.parametrize("content", [None, b"", b"\xff"])
def test_a_login_that_is_not_there_is_said(content: bytes | None, tmp_path: Path) -> None:
    key = CameraKey.at(tmp_path / "key")
    if content is not None:
        (tmp_path / "login").write_bytes(content)
    with pytest.raises(LoginUnavailable, match="login file"):
        address_of(_camera(login=f"file:{tmp_path / 'login'}"), key)
    with pytest.raises(LoginUnavailable, match="GATE_LOGIN"):
        address_of(_camera(login="env:GATE_LOGIN"), key, {})


def test_a_camera_without_a_login_is_opened_as_it_stands(tmp_path: Path) -> None:
    assert address_of(_camera(), CameraKey.at(tmp_path / "key")) == "rtsp://10.0.0.1/stream"


def test_without_a_key_only_a_sealed_login_is_out_of_reach(tmp_path: Path) -> None:
    assert address_of(_camera(), None) == "rtsp://10.0.0.1/stream"
    with pytest.raises(LoginUnavailable, match="MASKWATCH_CAMERA_KEY_FILE"):
        address_of(_camera(sealed_source=seal(SOURCE, CameraKey.at(tmp_path / "key").public)), None)


def test_a_key_file_that_an_editor_ended_with_a_line_is_the_same_key(tmp_path: Path) -> None:
    public = CameraKey.at(tmp_path / "key").public
    (tmp_path / "key").write_bytes((tmp_path / "key").read_bytes() + b"\n")
    assert CameraKey.at(tmp_path / "key").public == public
