"""`maskwatch models`: the versions in a registry, which one is served, and serving another."""

import json
from typing import Annotated

import typer
from rich.console import Console

from console import durations
from console.errors import BadInput
from console.finding import DataOption, RedisOption, data_folder, running_system
from console.registry_option import RegistryOption, open_registry, registry_root
from shared.model_registry import ModelRegistry

app = typer.Typer(help="List, show, promote and roll back model versions.", no_args_is_help=True)

VersionArgument = Annotated[int, typer.Argument(min=1, help="A version's number.", metavar="VERSION")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ForceOption = Annotated[
    bool, typer.Option("--force", help="Promote it although its gate or live faces speak against it; is recorded.")
]
ShadowOption = Annotated[
    str | None,
    typer.Option(
        "--shadow",
        help="First let it judge live faces beside the version served for so long, in the running system.",
        metavar="5m",
    ),
]
TAKEN_UP = "workers take it up within seconds"


@app.command("list")
def list_(registry: RegistryOption = None, as_json: AsJson = False, data: DataOption = None) -> None:
    """The versions, oldest first; * marks the one that is served."""
    from console.model_list import read, versions_json, versions_table  # noqa: PLC0415 - loads tables

    found = open_registry(registry, data)
    versions = read(found)
    if as_json:
        typer.echo(json.dumps(versions_json(found, versions)))
    elif versions:
        Console().print(versions_table(versions))
    else:
        raise BadInput(f"there are no models in {found.where}; the first `maskwatch up` puts the shipped one there")


@app.command()
def show(
    version: VersionArgument, registry: RegistryOption = None, as_json: AsJson = False, data: DataOption = None
) -> None:
    """A version's report, or with --json its manifest, after its files were checked."""
    found = open_registry(registry, data)
    manifest = found.verified(version)
    if as_json:
        typer.echo(manifest.model_dump_json(indent=2))
        return
    from console.model_report import render, stored_report  # noqa: PLC0415 - loads the report's records
    from trainer.report.record import local_page  # noqa: PLC0415

    page = local_page(data_folder(data).root / "reports", found.name, version)
    Console().print(render(manifest, stored_report(found.path(version)), page if page.is_file() else None))


@app.command()
def promote(
    *,
    version: VersionArgument,
    force: ForceOption = False,
    shadow: ShadowOption = None,
    registry: RegistryOption = None,
    data: DataOption = None,
    redis: RedisOption = None,
) -> None:
    """Serve a version from now on; running workers take it up within seconds.

    One whose gate failed is refused, with the reasons.
    """
    from console import model_promotion  # noqa: PLC0415 - loads Redis and tables

    seconds = None if shadow is None else durations.seconds(shadow, "--shadow")
    found = open_registry(registry, data)
    manifest = found.verified(version)
    gate = manifest.gate
    model_promotion.refuse_failed(gate, version, force=force)
    if seconds is not None:
        with running_system(data, redis) as system:
            gate = model_promotion.shadow_check(system, found, registry_root(registry, data), manifest, seconds)
        model_promotion.refuse_failed(gate, version, force=force)
    model_promotion.promote(found, version, gate)
    model_promotion.tell_workers(version, data, redis)
    forced = " by force" if gate is not None and not gate.passed else ""
    typer.echo(f"version {version} is current{forced}: {TAKEN_UP}")


@app.command()
def rollback(registry: RegistryOption = None, data: DataOption = None, redis: RedisOption = None) -> None:
    """Serve the version again that was served before; running workers take it up within seconds."""
    from console.model_promotion import tell_workers  # noqa: PLC0415 - loads Redis and tables

    found: ModelRegistry = open_registry(registry, data)
    given_up, version = found.current(), found.rollback()
    tell_workers(version, data, redis)
    typer.echo(f"version {version} is current instead of {given_up}: {TAKEN_UP}")
