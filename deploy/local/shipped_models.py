"""Fills a fresh model registry with the version that comes with the product."""

import shutil
from collections.abc import Callable
from pathlib import Path

import worker.models
from shared.model_registry import Manifest, ModelError, ModelRegistry, Refusal

SHIPPED = Path(worker.models.__file__).parent


def ensure_model(root: str | Path, name: str, shipped: Path = SHIPPED) -> int:
    """See that the registry, a folder or a URL, has a sound version; an empty one gets the shipped one first.

    Returns the version that workers will serve: the promoted one, or where that is damaged the
    one served before, since a site must not stay dark for a promotion that went wrong.

    Raises:
        ModelError: nothing was ever promoted, no version is sound, or the registry does not answer.
    """
    registry = ModelRegistry(root, name)
    try:
        return registry.verified(registry.current()).version
    except ModelError as error:
        if error.reason is Refusal.CURRENT and _is_ours_to_fill(registry, shipped):
            return _fill(registry, ModelRegistry(shipped, name))
        if error.reason is Refusal.UNREACHABLE or registry.state() == "missing":
            raise
        return _substitute(registry, error)


def shipped_trunk(name: str, shipped: Path = SHIPPED) -> Path:
    """The weights that the shipped version keeps for trainings where no version is served yet."""
    registry = ModelRegistry(shipped, name)
    return registry.path(registry.current()) / "trunk.npz"


def _substitute(registry: ModelRegistry, reason: ModelError) -> int:
    for version in registry.substitutes():
        try:
            return registry.verified(version).version
        except ModelError:
            continue
    raise reason


def _is_ours_to_fill(registry: ModelRegistry, shipped: Path) -> bool:
    """Whether nobody has used the registry yet; a start that was killed may have published and not promoted."""
    if registry.state() != "missing":
        return False
    versions = registry.versions()
    return not versions or (len(versions) == 1 and _files(registry, versions[0]) == _shipped_files(registry, shipped))


def _files(registry: ModelRegistry, version: int) -> dict[str, str]:
    return registry.manifest(version).files


def _shipped_files(registry: ModelRegistry, shipped: Path) -> dict[str, str]:
    ours = ModelRegistry(shipped, registry.name)
    return _files(ours, ours.current())


def _fill(registry: ModelRegistry, shipped: ModelRegistry) -> int:
    ours = shipped.verified(shipped.current())
    published = registry.versions()
    # With the number that it has where it comes from, which is also in its card.
    version = published[0] if published else registry.publish(_copy(shipped, ours), at_least=ours.version).version
    registry.promote(version)
    return version


def _copy(shipped: ModelRegistry, ours: Manifest) -> Callable[[int, Path], Manifest]:
    source = shipped.path(ours.version)

    def describe(_: int, folder: Path) -> Manifest:
        for file in ours.files:
            (folder / file).parent.mkdir(exist_ok=True)
            shutil.copyfile(source / file, folder / file)
        return ours

    return describe
