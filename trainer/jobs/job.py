"""The job itself; runs in the work horse, a process of its own that ends with it."""

from typing import Any

from pydantic import ValidationError
from rq import get_current_job

from shared.settings import TrainerSettings, load
from trainer.jobs.outcome import outcome_of
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

    reporter.finish(outcome_of(train(chosen, reporter), chosen.registry))


def _parse(settings: dict[str, Any]) -> TrainSettings:
    try:
        # The server's address is the trainer's own: it may hold a password, and stands in no job.
        return TrainSettings(**{**settings, "state_redis": load(TrainerSettings).state_redis})
    except ValidationError as error:
        first = error.errors()[0]
        raise TrainingRefused(f"{'.'.join(str(each) for each in first['loc'])}: {first['msg']}") from error
