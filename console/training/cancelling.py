"""Cancels a training job, be it queued or running."""

import time
from datetime import UTC, datetime

from rq import Queue
from rq.command import send_stop_job_command
from rq.exceptions import InvalidJobOperation, NoSuchJobError

from console.errors import CommandFailed
from console.training.jobs import JobView, find
from shared.training_queue import cancel_queued, fetch

PATIENCE_S = 10.0
_REPEAT_S = 1.0  # the request is a message that nobody keeps
_POLL_S = 0.1


def cancel(queue: Queue, job_id: str) -> JobView:
    """Take a job out of the queue or stop it, and return it when it has ended.

    Raises:
        CommandFailed: it ended otherwise before, or no trainer heard the request.
    """
    deadline = time.monotonic() + PATIENCE_S
    asked_at = -_REPEAT_S
    while time.monotonic() < deadline:
        job = find(queue, job_id)
        if job.state == "cancelled":
            return job
        if job.is_ended:
            raise CommandFailed(f"training {job_id} is over: it is {job.state}")
        if time.monotonic() - asked_at >= _REPEAT_S:
            asked_at = time.monotonic()
            _ask(queue, job_id)
        time.sleep(_POLL_S)
    raise CommandFailed(f"no trainer heard the request to stop {job_id}; it fails by itself when a trainer starts")


def _ask(queue: Queue, job_id: str) -> None:
    job = fetch(queue, job_id)
    if job is None or cancel_queued(queue, job, datetime.now(UTC)):
        return
    try:
        send_stop_job_command(queue.connection, job_id, serializer=queue.serializer)
    except (InvalidJobOperation, NoSuchJobError):
        return  # between the queue and its trainer; the next request finds it
