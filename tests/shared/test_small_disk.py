"""What is kept on a disk that is full: one line says so, nothing half is left, and it goes on when there is room."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared import model_cache
from shared.model_files import sha256_of
from shared.model_registry import CURRENT, ModelError, ModelRegistry, Refusal
from shared.snapshot_store import Kind, SnapshotStore, StoreUnreachable
from tests.builders import BEGIN
from tests.shared.model_versions import a_version
from tests.small_disk import SmallDisk, a_small_disk


@pytest.fixture
def disk() -> Iterator[SmallDisk]:
    with a_small_disk() as disk:
        yield disk


def refusal(error: ModelError) -> str:
    assert error.reason is Refusal.UNREACHABLE
    assert "\n" not in str(error)
    return str(error)


def test_a_version_that_finds_no_room_is_not_published_and_the_next_one_is(disk: SmallDisk) -> None:
    models = ModelRegistry(disk.root)
    models.publish(a_version())
    with pytest.raises(ModelError) as caught:
        models.publish(a_version(bytes(2_000_000)))
    assert "No space left" in refusal(caught.value)
    assert models.versions() == [1]
    assert [path.name for path in models.folder.iterdir() if path.name.startswith(".staging")] == []
    assert models.publish(a_version()).version == 3


def test_a_promotion_that_finds_no_room_leaves_what_is_served(disk: SmallDisk) -> None:
    models = ModelRegistry(disk.root)
    for _ in range(2):
        models.publish(a_version())
    models.promote(1)
    disk.fill()
    with pytest.raises(ModelError) as caught:
        models.promote(2)
    assert "No space left" in refusal(caught.value)
    assert models.current() == 1
    disk.make_room()
    models.promote(2)
    assert models.current() == 2
    assert (models.folder / CURRENT).stat().st_size > 0


def test_a_copy_that_finds_no_room_is_not_seen_and_had_when_there_is(disk: SmallDisk) -> None:
    content = bytes(600_000)
    files = {"model.tflite": sha256_of(content)}

    def download(folder: Path) -> None:
        (folder / "model.tflite").write_bytes(content)

    cache = disk.root / "cache"
    model_cache.see_to(cache, 1, files, download)
    with pytest.raises(ModelError) as caught:
        model_cache.see_to(cache, 2, files, download)
    assert "MASKWATCH_MODEL_CACHE names another folder" in refusal(caught.value)
    assert sorted(path.name for path in cache.iterdir()) == [".lock", "1"]
    (cache / "1" / "model.tflite").unlink()
    model_cache.see_to(cache, 2, files, download)
    assert (cache / "2" / "model.tflite").read_bytes() == content


def test_a_picture_that_finds_no_room_is_not_half_there_and_is_kept_later(disk: SmallDisk) -> None:
    store, jpeg = SnapshotStore(str(disk.root / "store")), b"j" * 50_000
    store.write("gate", BEGIN, "gate-1-0-0", Kind.FACE, jpeg)
    disk.fill()
    with pytest.raises(StoreUnreachable, match="No space left"):
        store.write("gate", BEGIN, "gate-1-1-0", Kind.FACE, jpeg)
    assert [each.violation for each in store.pictures()] == ["gate-1-0-0"]
    assert list((disk.root / "store").rglob(".snapshot-*")) == []
    disk.make_room()
    store.write("gate", BEGIN, "gate-1-1-0", Kind.FACE, jpeg)
    assert len(list(store.pictures())) == 2
