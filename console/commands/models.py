"""`maskwatch models`: the versions of classifier or detector in a registry, which is served, and serving another."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from console import durations
from console.errors import BadInput
from console.finding import DataOption, RedisOption, data_folder, running_system
from console.registry_option import RegistryOption, open_detectors, open_registry, registry_root
from console.training.tasks import Task
from shared.detector_manifest import DetectorManifest

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
TaskOption = Annotated[Task, typer.Option("--task", help="Whose versions.")]


@app.command("list")
def list_(
    task: TaskOption = Task.CLASSIFIER,
    registry: RegistryOption = None,
    as_json: AsJson = False,
    data: DataOption = None,
) -> None:
    """The versions, oldest first; * marks the one that is served."""
    if task is Task.DETECTOR:
        _list_detectors(registry, data, as_json=as_json)
        return
    from console.model_list import read, version_list, versions_table  # noqa: PLC0415 - loads tables

    found = open_registry(registry, data)
    versions = read(found)
    if as_json:
        typer.echo(json.dumps(version_list(found, versions).model_dump(mode="json")))
    elif versions:
        Console().print(versions_table(versions))
    else:
        raise BadInput(f"there are no models in {found.where}; the first `maskwatch up` puts the shipped one there")


def _list_detectors(registry: str | None, data: Path | None, *, as_json: bool) -> None:
    from console import detector_versions  # noqa: PLC0415 - loads tables

    found = open_detectors(registry, data)
    versions = detector_versions.read(found)
    if as_json:
        typer.echo(json.dumps(detector_versions.detector_list(found, versions).model_dump(mode="json")))
    elif versions:
        Console().print(detector_versions.detectors_table(versions))
    else:
        raise BadInput(f"there are no detectors in {found.where}: workers run the one that comes with them")


@app.command()
def show(
    *,
    version: VersionArgument,
    task: TaskOption = Task.CLASSIFIER,
    registry: RegistryOption = None,
    as_json: AsJson = False,
    data: DataOption = None,
) -> None:
    """A version's report, or with --json its manifest, after its files were checked."""
    from console import detector_report, model_report  # noqa: PLC0415 - loads the reports' records
    from trainer.report.record import local_page  # noqa: PLC0415

    found = open_detectors(registry, data) if task is Task.DETECTOR else open_registry(registry, data)
    manifest = found.verified(version)
    if as_json:
        typer.echo(manifest.model_dump_json(indent=2))
        return
    report = model_report.stored_report(found.path(version))
    page = local_page(data_folder(data).reports, found.name, version)
    shown = page if page.is_file() else None
    if isinstance(manifest, DetectorManifest):
        Console().print(detector_report.render(manifest, report, shown))
    else:
        Console().print(model_report.render(manifest, report, shown))


@app.command()
def promote(  # noqa: PLR0913 - each is an option
    *,
    version: VersionArgument,
    task: TaskOption = Task.CLASSIFIER,
    force: ForceOption = False,
    shadow: ShadowOption = None,
    registry: RegistryOption = None,
    data: DataOption = None,
    redis: RedisOption = None,
) -> None:
    """Serve a version from now on; running workers take a classifier up within seconds, a detector at their next start.

    One whose gate failed is refused, with the reasons.
    """
    from console import model_promotion, model_serving  # noqa: PLC0415 - loads Redis and tables

    if task is Task.DETECTOR:
        _promote_detector(version, registry, data, shadow, force=force)
        return
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
    typer.echo(model_serving.served(found, version, gate).said)


def _promote_detector(
    version: int, registry: str | None, data: Path | None, shadow: str | None, *, force: bool
) -> None:
    from console.model_serving import serve  # noqa: PLC0415 - loads Redis and tables

    if shadow is not None:
        raise BadInput("--shadow: live faces are judged by classifiers only; leave it out")
    typer.echo(serve(open_detectors(registry, data), version, force=force).said)


@app.command()
def rollback(
    task: TaskOption = Task.CLASSIFIER,
    registry: RegistryOption = None,
    data: DataOption = None,
    redis: RedisOption = None,
) -> None:
    """Serve the version again that was served before."""
    from console.model_promotion import tell_workers  # noqa: PLC0415 - loads Redis and tables
    from console.model_serving import roll_back  # noqa: PLC0415

    if task is Task.DETECTOR:
        typer.echo(roll_back(open_detectors(registry, data)).said)
        return
    done = roll_back(open_registry(registry, data))
    tell_workers(done.current, data, redis)
    typer.echo(done.said)
