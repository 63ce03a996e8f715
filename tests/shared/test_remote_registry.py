"""What only registries behind a URL do: uploads in parts, copies on this machine, and silence."""

import logging
import os
import shutil
import socket
from datetime import timedelta
from pathlib import Path

import pytest

from shared import model_cache, remote_place
from shared.model_registry import ModelError, ModelRegistry, Refusal
from tests.s3 import aws_variables, child_environment, client, keys
from tests.shared import publishing
from tests.shared.model_versions import a_version
from tests.waiting import eventually


@pytest.fixture
def models(bucket: str) -> ModelRegistry:
    return ModelRegistry(f"s3://{bucket}/a/prefix")


def test_an_upload_that_is_killed_leaves_no_version_and_a_later_one_clears_it_away(
    bucket: str, s3_endpoint: str, tmp_path: Path, models: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def uploaded() -> list[str]:
        return [key for key in keys(s3_endpoint, bucket) if key.startswith("a/prefix/mask/1/")]

    publisher = publishing.start(
        f"s3://{bucket}/a/prefix", "many_files", child_environment(s3_endpoint, tmp_path / "other")
    )
    eventually(lambda: len(uploaded()) > 2, timeout_s=60)
    publisher.kill()
    publisher.communicate()
    assert 0 < len(uploaded()) < 1_000
    assert models.versions() == []
    with pytest.raises(ModelError):
        models.promote(1)

    assert models.publish(a_version()).version == 2
    assert uploaded(), "somebody may still be at it"
    monkeypatch.setattr(remote_place, "ABANDONED_AFTER", timedelta(seconds=-1))
    assert models.publish(a_version()).version == 3
    assert not uploaded()
    assert models.versions() == [2, 3]


def test_processes_that_publish_at_once_get_numbers_of_their_own(
    bucket: str, s3_endpoint: str, tmp_path: Path, models: ModelRegistry
) -> None:
    environment = child_environment(s3_endpoint, tmp_path / "other")
    publishers = [publishing.start(f"s3://{bucket}/a/prefix", "several", environment) for _ in range(2)]
    numbers = [int(line) for each in publishers for line in each.communicate(timeout=60)[0].split()]
    assert sorted(numbers) == models.versions() == list(range(1, 2 * publishing.TIMES + 1))
    for version in models.versions():
        models.verified(version)


def test_an_upload_that_takes_too_long_gives_up_and_leaves_nothing(
    models: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_place, "MAX_PUBLISHING_S", -1.0)
    with pytest.raises(ModelError, match="took too long"):
        models.publish(a_version())
    assert models.versions() == []
    assert models.sizes(1) == {}


def test_a_url_in_capitals_is_no_folder(bucket: str, models: ModelRegistry) -> None:
    models.publish(a_version())
    assert ModelRegistry(f"S3://{bucket}/a/prefix").versions() == [1]


def test_a_version_is_downloaded_once(models: ModelRegistry, bucket: str, s3_endpoint: str) -> None:
    models.publish(a_version())
    copy = models.path(1) / "model.tflite"
    inode = copy.stat().st_ino
    client(s3_endpoint).delete_object(Bucket=bucket, Key="a/prefix/mask/1/model.tflite")
    assert models.verified(1).version == 1
    assert copy.stat().st_ino == inode


@pytest.mark.parametrize("damage", ["changed", "cut", "missing", "no folder"])
def test_a_damaged_copy_is_downloaded_again(models: ModelRegistry, damage: str) -> None:
    models.publish(a_version())
    copy = models.path(1) / "model.tflite"
    if damage == "changed":
        copy.write_bytes(b"garbage")
    elif damage == "cut":
        os.truncate(copy, 2)
    elif damage == "missing":
        copy.unlink()
    else:
        shutil.rmtree(copy.parent)
    assert (models.path(1) / "model.tflite").read_bytes() == b"weights"
    assert [path.name for path in models.folder.iterdir() if not path.name.startswith(".lock")] == ["1"]


def test_what_is_damaged_at_its_source_is_never_seen_in_the_cache(
    models: ModelRegistry, bucket: str, s3_endpoint: str
) -> None:
    models.publish(a_version())
    client(s3_endpoint).put_object(Bucket=bucket, Key="a/prefix/mask/1/model.tflite", Body=b"other")
    with pytest.raises(ModelError, match="corrupt") as caught:
        models.path(1)
    assert caught.value.reason is Refusal.CHECKSUM
    assert not (models.folder / "1").exists()


def test_what_killed_downloads_left_is_removed_by_the_next(models: ModelRegistry) -> None:
    models.publish(a_version())
    (models.folder / f"{model_cache.STAGING}killed").mkdir(parents=True)
    models.path(1)
    assert not (models.folder / f"{model_cache.STAGING}killed").exists()


def test_the_cache_holds_the_last_few_versions(models: ModelRegistry) -> None:
    for content in range(model_cache.KEPT + 2):
        models.path(models.publish(a_version(bytes([content]))).version)
    cached = sorted(int(path.name) for path in models.folder.iterdir() if path.name.isdigit())
    assert cached == models.versions()[-model_cache.KEPT :]


def test_two_registries_share_a_cache_and_no_versions(bucket: str) -> None:
    one, other = ModelRegistry(f"s3://{bucket}/one"), ModelRegistry(f"s3://{bucket}/other")
    for each, content in ((one, b"one"), (other, b"other")):
        each.publish(a_version(content))
    assert (one.path(1) / "model.tflite").read_bytes() == b"one"
    assert (other.path(1) / "model.tflite").read_bytes() == b"other"


def test_a_cache_that_cannot_be_written_is_named(
    models: ModelRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models.publish(a_version())
    (tmp_path / "file").touch()
    monkeypatch.setenv("MASKWATCH_MODEL_CACHE", str(tmp_path / "file"))
    with pytest.raises(ModelError, match="MASKWATCH_MODEL_CACHE") as caught:
        ModelRegistry(models.where.removesuffix("/mask")).path(1)
    assert caught.value.reason is Refusal.UNREACHABLE


@pytest.mark.parametrize("ask", ["versions", "state", "current", "publish"])
@pytest.mark.parametrize("silence", ["nobody listens", "nobody answers"])
def test_a_server_that_does_not_answer_is_one_line_without_secrets(
    ask: str, silence: str, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        if silence == "nobody listens":
            server.close()
            port = 1
        else:
            port = server.getsockname()[1]
            monkeypatch.setattr(remote_place, "READ_S", 0.2)
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        models = ModelRegistry(f"s3://{bucket}")
        with pytest.raises(ModelError, match="does not answer") as caught:
            models.publish(a_version()) if ask == "publish" else getattr(models, ask)()
    assert caught.value.reason is Refusal.UNREACHABLE
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_bucket_that_is_not_there_is_told(bucket: str) -> None:
    models = ModelRegistry(f"s3://{bucket}-other/models")
    for ask in (models.versions, lambda: models.publish(a_version())):
        with pytest.raises(ModelError, match="bucket does not exist"):
            ask()


def test_without_credentials_nothing_is_asked(bucket: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in aws_variables("") | {"AWS_PROFILE": ""}:
        if name != "AWS_ENDPOINT_URL":
            monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(ModelError, match="credentials") as caught:
        ModelRegistry(f"s3://{bucket}").current()
    assert caught.value.reason is Refusal.UNREACHABLE


@pytest.mark.parametrize("url", ["nonsense://bucket/models", "gs://bucket/models"])
def test_a_kind_of_store_that_nothing_here_reads_is_one_line(url: str) -> None:
    with pytest.raises(ModelError, match="does not answer") as caught:
        ModelRegistry(url).current()
    assert "\n" not in str(caught.value)


def test_nothing_of_the_credentials_is_logged(
    bucket: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "my-token")
    with caplog.at_level(logging.DEBUG):
        ModelRegistry(f"s3://{bucket}").publish(a_version())
    assert "my-token" not in caplog.text
    assert "secret" not in caplog.text


def test_a_password_in_a_url_is_never_shown() -> None:
    assert "secret" not in ModelRegistry("sftp://me:secret@host/models").where
