"""Fills a fresh model registry with the versions that come with the product."""

import shutil
import tempfile
from pathlib import Path

import worker.models
from shared.model_registry import ModelError, ModelRegistry

SHIPPED = Path(worker.models.__file__).parent


def ensure_model(root: Path, name: str, shipped: Path = SHIPPED) -> int:
    """See that the registry serves a sound version; an empty one gets the shipped ones first.

    Returns the version served.

    Raises:
        ModelError: nothing is promoted, or the promoted version is not what its manifest states.
    """
    registry = ModelRegistry(root, name)
    if not registry.folder.is_dir() or not any(registry.folder.iterdir()):
        _copy(ModelRegistry(shipped, name), root)
    return registry.verified(registry.current()).version


def _copy(source: ModelRegistry, root: Path) -> None:
    """Copy versions and promotion together and rename them into place: a killed start leaves all or nothing."""
    source.current()
    try:
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".staging-", dir=root) as staging:
            staged = Path(staging) / source.name
            shutil.copytree(source.folder, staged, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
            staged.rename(root / source.name)
    except OSError as error:
        raise ModelError(f"the shipped models cannot be copied to {root}: {error.strerror}") from error
