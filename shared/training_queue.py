"""How training jobs are put on the state server, found there and counted."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import chain
from typing import Any, cast

import redis
from pydantic import ValidationError
from redis.client import Pipeline
from rq import Queue
from rq.exceptions import DeserializationError
from rq.executions import Execution
from rq.job import Job, JobStatus
from rq.registry import CanceledJobRegistry, FinishedJobRegistry
from rq.serializers import JSONSerializer

from shared.training_jobs import (
    COUNTS,
    JOB_FUNCTION,
    KEPT_S,
    MAX_JOB_S,
    QUEUE,
    SCHEDULE,
    CountField,
    Ending,
    MetaKey,
    TrainingSchedule,
)

_ENDINGS = {
    JobStatus.FINISHED: Ending.FINISHED,
    JobStatus.FAILED: Ending.FAILED,
    JobStatus.STOPPED: Ending.CANCELLED,
    JobStatus.CANCELED: Ending.CANCELLED,
}


def open_queue(state: redis.Redis) -> Queue:
    """The queue of trainings on a state server."""
    return Queue(QUEUE, connection=state, serializer=JSONSerializer)


def enqueue(queue: Queue, settings: Mapping[str, Any], pipeline: Pipeline | None = None) -> Job:
    """Queue a training; ``settings`` is JSON. With a pipeline nothing happens before it is executed."""
    now = datetime.now(UTC)
    return queue.enqueue_call(
        JOB_FUNCTION,
        args=(dict(settings),),
        job_id=f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}",
        description="training",
        timeout=MAX_JOB_S,
        result_ttl=KEPT_S,
        failure_ttl=KEPT_S,
        pipeline=pipeline,
    )


def settings_of(job: Job) -> dict[str, Any] | None:
    """The settings of a job; ``None`` when it is none of ours and must not be run."""
    # Whoever may write to the server could name any function or callback: only ours is ever called.
    try:
        arguments = list(job.args)
        is_ours = job.func_name == JOB_FUNCTION and job.instance is None and not job.kwargs
    except DeserializationError:
        return None
    extras = (job._success_callback_name, job._failure_callback_name, job._stopped_callback_name, job.webhooks)
    if not is_ours or any(extras) or len(arguments) != 1 or not isinstance(arguments[0], dict):
        return None
    return dict(arguments[0])


def fetch(queue: Queue, job_id: str) -> Job | None:
    """The job of an id; ``None`` when there is none (any more)."""
    return queue.fetch_job(job_id)


def running_ids(queue: Queue) -> list[str]:
    """Jobs that a trainer has taken, also one that has died since."""
    started = queue.started_job_registry.get_job_ids(cleanup=False)
    return list(dict.fromkeys([*started, *queue.intermediate_queue.get_job_ids()]))


def executions(queue: Queue, job_id: str) -> list[Execution]:
    """The traces in RQ's books of processes that work or worked on a job."""
    entries = cast("list[bytes]", queue.connection.zrange(queue.started_job_registry.key, 0, -1))
    every = [Execution.from_composite_key(entry.decode(), queue.connection) for entry in entries]
    return [execution for execution in every if execution.job_id == job_id]


def all_ids(queue: Queue) -> list[str]:
    """Every job that is known, newest first."""
    ended = (
        FinishedJobRegistry(queue=queue).get_job_ids(),
        queue.failed_job_registry.get_job_ids(),
        CanceledJobRegistry(queue=queue).get_job_ids(),
    )
    return sorted({*queue.get_job_ids(), *running_ids(queue), *chain.from_iterable(ended)}, reverse=True)


def ending_of(job: Job) -> Ending | None:
    """How a job ended; ``None`` while it has not."""
    ending = _ENDINGS.get(job.get_status(refresh=False))
    is_refused = ending is Ending.FAILED and job.meta.get(MetaKey.ENDING) == Ending.REFUSED
    return Ending.REFUSED if is_refused else ending


def count(pipeline: Pipeline, ending: Ending, now: datetime, seconds: float | None = None) -> None:
    """Count an ended job in the transaction that ends it."""
    pipeline.hincrby(COUNTS, ending, 1)
    if ending is Ending.FINISHED:
        pipeline.hset(COUNTS, CountField.LAST_SUCCESS, str(now.timestamp()))
        pipeline.hset(COUNTS, CountField.LAST_SECONDS, str(round(seconds or 0.0, 1)))
    elif ending is not Ending.CANCELLED:
        pipeline.hset(COUNTS, CountField.LAST_FAILURE, str(now.timestamp()))


def cancel_queued(queue: Queue, job: Job, now: datetime) -> bool:
    """Take a job out of the queue and count it as cancelled; ``False`` when it is not in the queue."""
    if not queue.connection.lrem(queue.key, 1, job.id):
        return False
    job.meta |= {MetaKey.ENDING: Ending.CANCELLED, MetaKey.REASON: "cancelled before it began"}
    with queue.connection.pipeline() as pipeline:
        pipeline.hset(job.key, "meta", JSONSerializer.dumps(job.meta))  # type: ignore[no-untyped-call]
        job.cancel(pipeline=pipeline)
        pipeline.expire(job.key, KEPT_S)
        count(pipeline, Ending.CANCELLED, now)
        pipeline.execute()
    return True


def read_schedule(state: redis.Redis) -> TrainingSchedule | None:
    """The schedule; ``None`` when there is none, or none that can be read."""
    return parse_schedule(state.get(SCHEDULE))


def parse_schedule(raw: object) -> TrainingSchedule | None:
    """The schedule that a value of the key SCHEDULE holds."""
    try:
        return TrainingSchedule.model_validate_json(raw) if isinstance(raw, bytes) else None
    except ValidationError:
        return None
