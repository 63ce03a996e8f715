"""Model versions made from others, sound and broken ones."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from shared.model_registry import CURRENT, MANIFEST, Manifest, ModelRegistry
from worker.classifier import SHIPPED_MODELS


def a_registry(root: Path) -> ModelRegistry:
    """A registry that serves its version 1, a copy of the shipped one."""
    registry, shipped = ModelRegistry(root), ModelRegistry(SHIPPED_MODELS)
    registry.promote(_publish(registry, shipped, shipped.current()))
    return registry


def publish_copy(registry: ModelRegistry, **changes: object) -> int:
    """A new version with the files of version 1 and a changed manifest; says its number."""
    return _publish(registry, registry, 1, **changes)


def publish_unshipped(registry: ModelRegistry) -> int:
    """A new version that judges as version 1 does, with a file that never shipped: a byte more behind its end."""
    manifest = registry.manifest(1)
    content = (registry.path(1) / manifest.model_file).read_bytes()

    def describe(_: int, folder: Path) -> Manifest:
        _copy(registry.path(1), manifest, folder)
        (folder / manifest.model_file).write_bytes(content + b"\0")
        return manifest

    return registry.publish(describe).version


def _publish(registry: ModelRegistry, source: ModelRegistry, version: int, **changes: object) -> int:
    manifest = source.manifest(version)

    def describe(_: int, folder: Path) -> Manifest:
        _copy(source.path(version), manifest, folder)
        return Manifest.model_validate(manifest.model_dump() | changes)

    return registry.publish(describe).version


def _copy(source: Path, manifest: Manifest, folder: Path) -> None:
    for name in manifest.files:
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(source / name, folder / name)


def point_at(registry: ModelRegistry, version: int) -> None:
    """Promote without the checks that ``promote`` makes."""
    (registry.folder / CURRENT).write_text(json.dumps({"version": version}))


def truncate_model(registry: ModelRegistry) -> None:
    """A version whose file was cut, and whose manifest was then made of the cut file."""

    def describe(_: int, folder: Path) -> Manifest:
        manifest = registry.manifest(1)
        content = (registry.path(1) / manifest.model_file).read_bytes()
        (folder / manifest.model_file).write_bytes(content[: len(content) // 2])
        return manifest

    point_at(registry, registry.publish(describe).version)


def break_checksum(registry: ModelRegistry) -> None:
    version = publish_copy(registry)
    with (registry.path(version) / registry.manifest(version).model_file).open("ab") as file:
        file.write(b"one byte more")
    point_at(registry, version)


def state_other_outputs(registry: ModelRegistry) -> None:
    golden = registry.manifest(1).golden[0]
    other = golden.model_copy(update={"probabilities": golden.probabilities[::-1], "tolerance": 1e-6})
    point_at(registry, publish_copy(registry, golden=(other.model_dump(),)))


def leave_a_version_empty(registry: ModelRegistry) -> None:
    version = max(registry.versions()) + 1
    (registry.folder / str(version)).mkdir()
    point_at(registry, version)


def garble_the_promotion(registry: ModelRegistry) -> None:
    (registry.folder / CURRENT).write_text("no json {")


def remove_the_promotion(registry: ModelRegistry) -> None:
    (registry.folder / CURRENT).unlink()


def promote_what_is_not_there(registry: ModelRegistry) -> None:
    point_at(registry, 999)


def garble_the_manifest(registry: ModelRegistry) -> None:
    version = publish_copy(registry)
    (registry.path(version) / MANIFEST).write_text("{}")
    point_at(registry, version)


# What may be promoted by accident or by a faulty trainer -> the outcome by which reloads count it.
FAULTS: dict[str, tuple[Callable[[ModelRegistry], None], str]] = {
    "a truncated model": (truncate_model, "does_not_run"),
    "a wrong checksum": (break_checksum, "checksum"),
    "other golden outputs": (state_other_outputs, "golden"),
    "an empty folder": (leave_a_version_empty, "missing"),
    "a promotion that is no JSON": (garble_the_promotion, "current"),
    "no promotion": (remove_the_promotion, "current"),
    "a promoted version that is not there": (promote_what_is_not_there, "missing"),
    "a manifest that is none": (garble_the_manifest, "manifest"),
}
