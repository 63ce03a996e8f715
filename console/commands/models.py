"""`maskwatch models`: the versions in a registry, and which one is served."""

from typing import Annotated

import typer

from console.errors import BadInput
from console.finding import DataOption
from console.registry_option import RegistryOption, open_registry
from shared.model_registry import ModelError, ModelRegistry

app = typer.Typer(help="List, show, promote and roll back model versions.", no_args_is_help=True)

VersionArgument = Annotated[int, typer.Argument(min=1, help="A version's number.", metavar="VERSION")]


@app.command("list")
def list_(registry: RegistryOption = None, data: DataOption = None) -> None:
    """The versions, oldest first; * marks the one that is served."""
    found = open_registry(registry, data)
    if not found.versions():
        raise BadInput(f"there are no models in {found.folder}; the first `maskwatch up` puts the shipped ones there")
    current = _current(found)
    for version in found.versions():
        manifest = found.manifest(version)
        mark = "*" if version == current else " "
        typer.echo(f"{mark} {version}  {manifest.created_at:%Y-%m-%d %H:%M}  {', '.join(manifest.labels)}")


@app.command()
def show(version: VersionArgument, registry: RegistryOption = None, data: DataOption = None) -> None:
    """A version's manifest, after its files were checked."""
    typer.echo(open_registry(registry, data).verified(version).model_dump_json(indent=2))


@app.command()
def promote(version: VersionArgument, registry: RegistryOption = None, data: DataOption = None) -> None:
    """Serve a version from now on; workers that run take it up when they are started again."""
    open_registry(registry, data).promote(version)
    typer.echo(f"version {version} is current: workers serve it from their next start")


@app.command()
def rollback(registry: RegistryOption = None, data: DataOption = None) -> None:
    """Serve the version before the one that is served."""
    found = open_registry(registry, data)
    current = found.current()
    older = [version for version in found.versions() if version < current]
    if not older:
        raise BadInput(f"there is no version before {current} in {found.folder}")
    found.promote(older[-1])
    typer.echo(f"version {older[-1]} is current instead of {current}: workers serve it from their next start")


def _current(registry: ModelRegistry) -> int | None:
    try:
        return registry.current()
    except ModelError:
        return None
