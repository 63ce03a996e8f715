"""Leaves a training to the trainer of a running system: now, or again and again."""

from collections.abc import Mapping
from typing import Any

import typer

from console.finding import RunningSystem
from console.registry_option import registry_root
from console.training import scheduling
from console.training.request import as_json, settings_from
from shared.training_queue import enqueue, open_queue


def hand_over(
    found: RunningSystem, options: Mapping[str, Any], registry: str | None, every: str | None, *, queue: bool
) -> str | None:
    """Schedule and queue a training as asked, and say so; returns the id of the job queued.

    Raises:
        BadInput: an option cannot be used; nothing was queued or scheduled.
    """
    settings = settings_of(found, options, registry)
    if every is not None:
        typer.echo(f"scheduled: {scheduling.in_words(scheduling.set_schedule(found.servers.state, every, settings))}")
    if not queue:
        return None
    job_id = enqueue(open_queue(found.servers.state), settings).id
    typer.echo(job_id)
    return job_id


def settings_of(
    found: RunningSystem, options: Mapping[str, Any], registry: str | None, prefix: str = "--"
) -> dict[str, Any]:
    """What travels in the job of a training that is asked for so; ``prefix`` stands before the names of options.

    Raises:
        BadInput: an option cannot be used.
    """
    return as_json(settings_from({**options, "registry": _registry_of(found, registry)}, prefix))


def _registry_of(found: RunningSystem, registry: str | None) -> str:
    """The registry given, else that of the running system."""
    return registry or str(found.run.registry if found.run is not None else registry_root(None, None))
