"""What a trainer that died left behind; to be cleared by the next one whose turn it is, before it takes a job."""

import logging

from rq import Queue
from rq.job import Job, JobStatus

from shared.training_queue import executions, fetch, running_ids
from trainer.jobs import verdicts

_log = logging.getLogger(__name__)


def clear(queue: Queue) -> None:
    """Fail every job that was being trained, with its step; put back what had not begun.

    Only the holder of the lease takes jobs, so whatever is taken when a trainer's turn begins is abandoned.
    """
    for job_id in running_ids(queue):
        job = fetch(queue, job_id)
        if job is None:
            queue.intermediate_queue.remove(job_id)
        elif job.get_status(refresh=False) == JobStatus.STARTED:
            reason = f"the trainer died while {verdicts.step_of(job)}"
            _log.warning("job %s has failed: %s", job_id, reason)
            verdicts.fail(queue, job, reason)
        else:
            put_back(queue, job)


def put_back(queue: Queue, job: Job) -> None:
    """Let go of a job that was taken and not begun: it is the next one again. An ended one is only let go."""
    traces = executions(queue, job.id)
    with queue.connection.pipeline() as pipeline:
        pipeline.lrem(queue.intermediate_queue_key, 0, job.id)
        for execution in traces:
            execution.delete(job, pipeline)
        if job.get_status(refresh=False) == JobStatus.QUEUED:
            queue.push_job_id(job.id, pipeline=pipeline, at_front=True)
        pipeline.execute()
