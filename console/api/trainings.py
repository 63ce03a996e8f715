"""Trainings of the running system's trainer."""

from typing import Annotated

from fastapi import APIRouter, Path

from console.api.training_bodies import ScheduleRequest, TrainingRequest
from console.errors import NotFound
from console.training import cancelling, jobs, scheduling
from console.training.folders import given_or, usual_folders
from console.training.handing_over import settings_of
from console.training.jobs import JobView
from console.training.scheduling import ScheduleAnswer
from console.web.context import ApiContext, Context
from shared.training_queue import enqueue, open_queue, read_schedule

router = APIRouter(prefix="/trainings", tags=["trainings"])

JobId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="A job's id.")]


@router.get("", operation_id="listTrainings")
def trainings(context: Context) -> list[JobView]:
    """The trainings of the last thirty days, newest first."""
    return jobs.views(open_queue(context.system.servers.state))


@router.post("", operation_id="queueTraining", status_code=201)
def queue(context: Context, body: TrainingRequest) -> JobView:
    """Leave a training to the trainer, as `maskwatch train --queue` does."""
    found = open_queue(context.system.servers.state)
    return jobs.view(enqueue(found, _settings(context, body)))


@router.get("/schedule", operation_id="getTrainingSchedule")
def schedule(context: Context) -> ScheduleAnswer | None:
    """When trainings queue themselves; null where they do not."""
    found = read_schedule(context.system.servers.state)
    return None if found is None else scheduling.as_message(found)


@router.put("/schedule", operation_id="scheduleTraining")
def set_schedule(context: Context, body: ScheduleRequest) -> ScheduleAnswer:
    """Queue such a training again and again; the schedule before is gone."""
    settings = _settings(context, body.training)
    return scheduling.as_message(
        scheduling.set_schedule(context.system.servers.state, body.rule, settings, option="rule")
    )


@router.delete("/schedule", operation_id="unscheduleTraining", status_code=204)
def unschedule(context: Context) -> None:
    """Queue no more trainings by themselves; a job that is queued or runs stays."""
    if not scheduling.remove(context.system.servers.state):
        raise NotFound("no training is scheduled")


@router.get("/{job}", operation_id="getTraining")
def show(context: Context, job: JobId) -> JobView:
    """One training: how far it is, or what came out."""
    return jobs.find(open_queue(context.system.servers.state), job)


@router.post("/{job}/cancel", operation_id="cancelTraining")
def cancel(context: Context, job: JobId) -> JobView:
    """Take it out of the queue, or stop it within ten seconds; nothing of it is published."""
    return cancelling.cancel(open_queue(context.system.servers.state), job)


def _settings(context: ApiContext, body: TrainingRequest) -> dict[str, object]:
    data = context.system.data
    usual = {} if data is None else usual_folders(data)
    return settings_of(context.system, given_or(usual, body.options), None, prefix="")
