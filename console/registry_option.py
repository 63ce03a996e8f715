"""Which model registry a command works on."""

from pathlib import Path
from typing import Annotated

import typer

from console.finding import data_folder
from shared.detector_manifest import DetectorRegistry
from shared.model_place import is_remote, local_path
from shared.model_registry import ModelRegistry
from shared.settings import WorkerSettings, load

RegistryOption = Annotated[
    str | None,
    typer.Option(
        "--registry",
        help="Model registry: a folder, or a URL such as s3://bucket/models; that of the data folder by default.",
        metavar="DIR|URL",
    ),
]


def resolved(root: str | Path) -> str:
    """A registry's address as other processes understand it too, wherever they are started."""
    return str(root) if is_remote(root) else str(local_path(root).expanduser().resolve())


def registry_root(registry: str | None, data: Path | None) -> str:
    """The registry given, else that of a data folder given, else that of the settings, else the user's own."""
    configured = load(WorkerSettings).registry if data is None else None
    return resolved(registry or configured or data_folder(data).models)


def open_registry(registry: str | None, data: Path | None) -> ModelRegistry:
    """The registry with the name that workers serve."""
    return ModelRegistry(registry_root(registry, data), load(WorkerSettings).model_name)


def open_detectors(registry: str | None, data: Path | None) -> DetectorRegistry:
    """The same registry's face detectors."""
    return DetectorRegistry(registry_root(registry, data))
