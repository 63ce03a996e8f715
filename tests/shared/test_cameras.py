from pathlib import Path

import pytest
from pydantic import ValidationError

from shared.cameras import Camera, SourceKind, kind_of
from shared.redaction import redact


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("rtsp://10.0.0.1/stream", SourceKind.RTSP),
        ("RTSPS://10.0.0.1/stream", SourceKind.RTSP),
        ("http://cam/video.mjpg", SourceKind.HTTP),
        ("0", SourceKind.USB),
        ("/dev/video2", SourceKind.USB),
        ("demo:bare", SourceKind.DEMO),
        ("clip.mp4", SourceKind.FILE),
    ],
)
def test_a_source_string_names_its_kind(source: str, kind: SourceKind) -> None:
    assert kind_of(source) is kind


def test_a_folder_is_a_folder(tmp_path: Path) -> None:
    assert kind_of(str(tmp_path)) is SourceKind.FOLDER


def test_files_wait_and_live_cameras_drop_their_oldest() -> None:
    assert Camera.model_validate({"id": "a", "source": "clip.mp4"}).is_lossless
    assert not Camera.model_validate({"id": "a", "source": "rtsp://cam/1"}).is_lossless


@pytest.mark.parametrize("camera_id", ["a/b", "a b", "Gate", "", "-a", "a" * 64, "tür"])
def test_an_id_that_does_not_fit_into_keys_and_labels_is_refused(camera_id: str) -> None:
    with pytest.raises(ValidationError):
        Camera.model_validate({"id": camera_id, "source": "clip.mp4"})


@pytest.mark.parametrize(
    "text",
    [
        "rtsp://admin:hunter2@10.0.0.1:554/stream",
        "cannot open rtsp://admin:hunter2@10.0.0.1/1: timed out",
        "rtsp://admin:p@ss/hunter2@10.0.0.1/1",
        "http://cam/video?user=x&password=hunter2&size=1",
        "redis://:hunter2@127.0.0.1:6379/0",
    ],
)
def test_a_password_is_redacted_wherever_it_stands(text: str) -> None:
    assert "hunter2" not in redact(text)


def test_a_text_without_credentials_stays_as_it_is() -> None:
    text = "cannot open rtsp://10.0.0.1/stream: refused; ask admin@site"
    assert redact(text) == text


def test_a_camera_does_not_show_its_password_when_printed() -> None:
    camera = Camera.model_validate({"id": "a", "source": "rtsp://admin:hunter2@cam/1"})
    assert "hunter2" not in f"{camera!r} {camera} {camera.redacted_source}"
