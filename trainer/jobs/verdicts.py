"""Why jobs end badly, in words, and how a job that no process works on is ended."""

import os
import resource
import signal
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError
from rq import Queue
from rq.job import Job
from rq.job_lifecycle import record_job_failure
from rq.timeouts import JobTimeoutException

from shared.model_registry import ModelError
from shared.training_jobs import Ending, MetaKey, TrainingProgress
from shared.training_queue import count, executions
from trainer.settings import TrainingRefused

_VMSTAT = Path("/proc/vmstat")


def step_of(job: Job) -> str:
    """The step that a job was in when it last said something."""
    try:
        return TrainingProgress.model_validate(job.meta.get(MetaKey.PROGRESS)).step
    except ValidationError:
        return "starting"


def why_raised(error: BaseException) -> tuple[Ending, str]:
    """The ending that an exception makes, and one line why."""
    line = " ".join(str(error).split())
    if isinstance(error, TrainingRefused):
        return Ending.REFUSED, line
    if isinstance(error, ModelError):
        return Ending.FAILED, line
    if isinstance(error, JobTimeoutException):
        return Ending.FAILED, "it took longer than a training may; it hung, or the data is too much for this machine"
    if isinstance(error, MemoryError):
        return Ending.FAILED, "it ran out of memory"
    return Ending.FAILED, f"unexpected {type(error).__name__}: {line}; the trainer's log shows where"


def why_killed(status: int | None, usage: resource.struct_rusage | None, oom_kills: int) -> str:
    """How a work horse died; ``oom_kills`` is how often the kernel ran out of memory meanwhile."""
    if status is None:
        return "it vanished"
    if not os.WIFSIGNALED(status):
        return f"it ended with exit code {os.WEXITSTATUS(status)}"
    number = os.WTERMSIG(status)
    held = f" when it held {usage.ru_maxrss / 1024**2:.1f} GB" if usage is not None else ""
    if number == signal.SIGKILL and oom_kills:
        return f"the kernel killed it for lack of memory{held}"
    return f"killed by signal {number} ({signal.Signals(number).name})"


def oom_kills() -> int:
    """How many processes the kernel of this machine has killed for lack of memory; 0 where it does not tell."""
    try:
        lines = _VMSTAT.read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)


def fail(queue: Queue, job: Job, reason: str) -> None:
    """Fail a job that no process works on, in one transaction, and count it."""
    now = datetime.now(UTC)
    job.ended_at = now
    job.meta |= {MetaKey.ENDING: Ending.FAILED, MetaKey.REASON: reason}
    traces = executions(queue, job.id)
    with queue.connection.pipeline() as pipeline:
        record_job_failure(job, reason, pipeline)
        pipeline.hset(job.key, "meta", queue.serializer.dumps(job.meta))
        pipeline.lrem(queue.intermediate_queue_key, 0, job.id)
        for execution in traces:
            execution.delete(job, pipeline)
        count(pipeline, Ending.FAILED, now)
        pipeline.execute()
