"""The job itself; runs in the work horse, a process of its own that ends with it."""

import resource
from typing import Any

from pydantic import ValidationError
from rq import get_current_job

from shared.training_jobs import TrainingOutcome
from trainer.jobs.reporter import Reporter
from trainer.settings import TrainingRefused, TrainProgress, TrainSettings

STARTING = "starting"


def run(settings: dict[str, Any]) -> None:
    """Train with the settings that a command queued, and leave the outcome in the job's meta.

    Raises:
        TrainingRefused: what was asked cannot be trained.
    """
    job = get_current_job()
    if job is None:
        raise RuntimeError("this function is called by an RQ worker")
    reporter = Reporter(job)
    reporter(TrainProgress(STARTING, 0, 0))
    chosen = _parse(settings)
    from trainer.training import train  # noqa: PLC0415 - the trainer that waits must not load TensorFlow

    reporter.finish(_outcome(train(chosen, reporter), str(chosen.registry)))


def _parse(settings: dict[str, Any]) -> TrainSettings:
    try:
        return TrainSettings(**settings)
    except ValidationError as error:
        first = error.errors()[0]
        raise TrainingRefused(f"{'.'.join(str(each) for each in first['loc'])}: {first['msg']}") from error


def _outcome(result: Any, registry: str) -> TrainingOutcome:  # noqa: ANN401 - see trainer.training
    manifest = getattr(result, "manifest", result)
    return TrainingOutcome(
        name=manifest.name,
        version=manifest.version,
        registry=registry,
        promoted=getattr(result, "promoted", False),
        reasons=tuple(getattr(result, "reasons", ())),
        peak_memory_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    )
