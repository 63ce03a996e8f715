import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.messages import Label
from shared.model_registry import CURRENT, MANIFEST, Manifest, ModelError, ModelInput, ModelRegistry


def _describe(version: int, folder: Path) -> Manifest:
    (folder / "model.tflite").write_bytes(b"weights")
    (folder / "golden").mkdir()
    (folder / "golden" / "0.png").write_bytes(b"picture")
    return Manifest(
        name="mask",
        version=version,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        model_file="model.tflite",
        labels=(Label.WITH_MASK, Label.WITHOUT_MASK),
        input=ModelInput(width=96, height=96, scale=1 / 127.5, offset=-1, crop_margin=0.1),
        files={},
    )


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    return ModelRegistry(tmp_path)


def test_versions_are_whole_numbers_that_rise(registry: ModelRegistry) -> None:
    assert [registry.publish(_describe).version for _ in range(3)] == [1, 2, 3]
    assert registry.versions() == [1, 2, 3]


def test_a_published_version_is_not_served_before_it_is_promoted(registry: ModelRegistry) -> None:
    registry.publish(_describe)
    with pytest.raises(ModelError, match="no model is promoted"):
        registry.current()
    registry.promote(1)
    assert registry.current() == 1


def test_every_file_has_its_checksum(registry: ModelRegistry) -> None:
    registry.publish(_describe)
    assert set(registry.verified(1).files) == {"model.tflite", "golden/0.png"}


def test_a_crash_while_publishing_leaves_no_version(registry: ModelRegistry) -> None:
    def crash(version: int, folder: Path) -> Manifest:
        _describe(version, folder)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        registry.publish(crash)
    assert registry.versions() == []
    assert list(registry.folder.iterdir()) == []


def _truncate(folder: Path) -> None:
    os.truncate(folder / "model.tflite", 3)


def _remove(folder: Path) -> None:
    (folder / "model.tflite").unlink()


def _no_json(folder: Path) -> None:
    (folder / MANIFEST).write_text("{")


def _other_version(folder: Path) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(manifest | {"version": 7}))


def _outside_path(folder: Path) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(manifest | {"model_file": "../../secret"}))


def _huge(folder: Path) -> None:
    os.truncate(folder / MANIFEST, 2_000_000)


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (_truncate, "does not have its checksum"),
        (_remove, "No such file"),
        (_no_json, "is not a manifest"),
        (_other_version, "speaks of version 7"),
        (_outside_path, "is not a manifest: model_file"),
        (_huge, "is larger than"),
    ],
    ids=["truncated", "missing", "no json", "another version", "path outside", "huge manifest"],
)
def test_a_broken_version_is_refused_with_one_line(registry: ModelRegistry, break_it, message: str) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    registry.publish(_describe)
    break_it(registry.path(1))
    with pytest.raises(ModelError, match=message) as caught:
        registry.promote(1)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": "1"}', '{"version": 0}', '{"v": 1}'])
def test_a_current_file_that_names_no_version_is_refused(registry: ModelRegistry, content: str) -> None:
    registry.publish(_describe)
    (registry.folder / CURRENT).write_text(content)
    with pytest.raises(ModelError, match="does not name a version"):
        registry.current()
