"""Training jobs as people and scripts see them."""

from datetime import datetime
from typing import Any, Literal, TypeVar

from pydantic import ValidationError
from rq import Queue
from rq.job import Job, JobStatus

from console.errors import NotFound
from shared.messages import Message
from shared.training_jobs import Ending, MetaKey, TrainingOutcome, TrainingProgress
from shared.training_queue import all_ids, ending_of, fetch, settings_of

_M = TypeVar("_M", bound=Message)

State = Literal["queued", "running", "finished", "refused", "failed", "cancelled"]


class JobView(Message):
    """One job of now."""

    id: str
    state: State
    queued_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    progress: TrainingProgress | None
    outcome: TrainingOutcome | None
    reason: str
    settings: dict[str, Any] | None

    @property
    def is_ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state not in {"queued", "running"}


def view(job: Job) -> JobView:
    """A job as it was when it was fetched."""
    ending = ending_of(job)
    status = job.get_status(refresh=False)
    return JobView(
        id=job.id,
        state=ending.value if ending else "running" if status == JobStatus.STARTED else "queued",
        queued_at=job.enqueued_at,
        started_at=job.started_at,
        ended_at=job.ended_at,
        progress=_parsed(TrainingProgress, job.meta.get(MetaKey.PROGRESS)),
        outcome=_parsed(TrainingOutcome, job.meta.get(MetaKey.OUTCOME)) if ending is Ending.FINISHED else None,
        reason=str(job.meta.get(MetaKey.REASON, "")) if ending else "",
        settings=settings_of(job),
    )


def _parsed(kind: type[_M], value: object) -> _M | None:
    try:
        return kind.model_validate(value)
    except ValidationError:
        return None


def views(queue: Queue) -> list[JobView]:
    """Every job that is kept, newest first."""
    jobs = (fetch(queue, job_id) for job_id in all_ids(queue))
    return [view(job) for job in jobs if job is not None]


def find(queue: Queue, job_id: str | None) -> JobView:
    """The job of an id; without one that which runs, else the one that is next, else the newest.

    Raises:
        BadInput: there is none.
    """
    if job_id is not None:
        job = fetch(queue, job_id)
        if job is None:
            raise NotFound(f"there is no training {job_id}; see `maskwatch training list`")
        return view(job)
    every = views(queue)
    running = [each for each in every if each.state == "running"]
    queued = [each for each in reversed(every) if each.state == "queued"]
    chosen = next(iter([*running, *queued, *every]), None)
    if chosen is None:
        raise NotFound("there is no training; queue one with `maskwatch train --queue --data DIR`")
    return chosen
