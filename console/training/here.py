"""A training in this very process, with bars."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer
from rich.progress import Progress, TaskID

from console.errors import BadInput
from console.finding import running_system
from console.progress import progress_bars
from console.registry_option import registry_root
from console.training.request import settings_from
from console.training.words import outcome_words
from deploy.local.shipped_models import shipped_trunk
from shared.model_registry import ModelRegistry
from trainer.jobs.outcome import outcome_of
from trainer.settings import OnProgress, TrainingRefused, TrainProgress


def train_here(options: Mapping[str, Any], registry: str | None, system: Path | None, redis_url: str | None) -> None:
    """Train now and say what came out; a running system is needed only for a shadow check.

    Raises:
        BadInput: what was asked cannot be trained.
    """
    chosen = {**options, "registry": registry or str(registry_root(None, system))}
    if options.get("shadow_s") or system is not None or redis_url is not None:
        with running_system(system, redis_url) as found:
            chosen["state_redis"] = found.state_url
    if chosen.get("weights") is None and chosen.get("alpha") in {None, 1.0} and _is_empty(chosen["registry"]):
        chosen["weights"] = str(shipped_trunk("mask"))
    settings = settings_from(chosen)
    # TensorFlow tells of its processor on standard error unless told otherwise before it is imported.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from trainer.training import train  # noqa: PLC0415

    with progress_bars() as progress:
        try:
            outcome = outcome_of(train(settings, bars(progress)), str(settings.registry))
        except TrainingRefused as error:
            raise BadInput(str(error)) from error
    typer.echo(outcome_words(outcome))


def _is_empty(registry: str) -> bool:
    return not ModelRegistry(registry).versions()


def bars(progress: Progress) -> OnProgress:
    """One bar a phase."""
    tasks: dict[str, TaskID] = {}

    def show(step: TrainProgress) -> None:
        if step.phase not in tasks:
            tasks[step.phase] = progress.add_task(step.phase)
        progress.update(
            tasks[step.phase], total=step.total, completed=step.done, description=f"{step.phase} {step.note}".strip()
        )

    return show
