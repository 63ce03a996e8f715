"""Which model registry a command works on."""

from pathlib import Path
from typing import Annotated

import typer

from console.finding import data_folder
from shared.model_registry import ModelRegistry
from shared.settings import WorkerSettings, load

RegistryOption = Annotated[
    Path | None, typer.Option("--registry", help="Model registry; that of the data folder by default.", metavar="DIR")
]


def registry_root(registry: Path | None, data: Path | None) -> Path:
    """The registry given, else that of a data folder given, else that of the settings, else the user's own."""
    configured = load(WorkerSettings).registry if data is None else None
    chosen = registry or configured or data_folder(data).models
    return chosen.expanduser().resolve()


def open_registry(registry: Path | None, data: Path | None) -> ModelRegistry:
    """The registry with the name that workers serve."""
    return ModelRegistry(registry_root(registry, data), load(WorkerSettings).model_name)
