"""RQ's worker, with our rules: one training at a time, every ending has a reason, nothing foreign is run."""

import contextlib
import logging
import os
import resource
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType

import redis
from redis.client import Pipeline
from rq import Queue, Worker
from rq.exceptions import StopRequested
from rq.executions import Execution
from rq.job import Job
from rq.registry import CanceledJobRegistry
from rq.serializers import JSONSerializer

from shared.training_jobs import KEPT_S, Ending, MetaKey
from shared.training_queue import count, settings_of
from trainer.jobs import abandoned, horse, verdicts
from trainer.jobs.turn import Turn

_log = logging.getLogger(__name__)
_LOOK_S = 1  # how long a look into an empty queue lasts; the turn is checked before each

OnJob = Callable[[bool], None]  # told when a job begins (True) and when it has ended (False)


class TrainingWorker(Worker):
    """Takes jobs while it is this trainer's turn. Everything runs in the main thread but ``give_up``."""

    max_connection_wait_time = 5.0

    def __init__(self, queue: Queue, turn: Turn, name: str, on_job: OnJob = lambda _: None) -> None:
        """Prepare; ``work`` runs it until a signal comes."""
        # The short worker_ttl lets RQ keep our connection's own time limits.
        super().__init__(
            [queue],
            name=name,
            connection=queue.connection,
            serializer=JSONSerializer,
            worker_ttl=20,
            job_monitoring_interval=5,
            log_job_description=False,
            default_result_ttl=KEPT_S,
        )
        self.is_told_to_stop = False
        self._turn = turn
        self._on_job = on_job
        self._cleared_token = 0
        self._verdict: tuple[Ending, str] | None = None  # known before RQ fails the job
        self._interruption = ""  # why we killed the horse ourselves
        self._job: Job | None = None
        self._usage: resource.struct_rusage | None = None
        self._oom_kills = 0

    # Taking jobs.

    def dequeue_job_and_maintain_ttl(
        self, timeout: int | None, max_idle_time: int | None = None
    ) -> tuple[Job, Queue] | None:
        """The next job; waits for the turn first, as long as it takes."""
        while True:
            # What a signal raised may have been swallowed by whatever it interrupted.
            if self.is_told_to_stop:
                raise StopRequested
            if self._is_my_turn():
                result = super().dequeue_job_and_maintain_ttl(_LOOK_S, max_idle_time=_LOOK_S)
                if result is not None or max_idle_time is not None:
                    return result
            else:
                time.sleep(_LOOK_S / 5)

    def _is_my_turn(self) -> bool:
        lease = self._turn.lease
        if lease is None:
            return False
        if lease.token != self._cleared_token:
            _log.info("it is this trainer's turn")
            abandoned.clear(self.queues[0])
            self._cleared_token = lease.token
        return True

    def run_maintenance_tasks(self) -> None:
        """RQ's own cleaning, only by the trainer whose turn it is: it must not fail jobs before we say why."""
        if self._turn.lease is not None and self._cleared_token:
            super().run_maintenance_tasks()  # type: ignore[no-untyped-call]
            cancelled = CanceledJobRegistry(queue=self.queues[0])
            self.connection.zremrangebyscore(cancelled.key, 0, time.time() - KEPT_S)

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Run one job in a work horse and wait for its end."""
        if self._turn.lease is None or self.is_told_to_stop:
            abandoned.put_back(queue, job)
            return
        if settings_of(job) is None:
            _log.error("job %s is no training; it is not run", job.id)
            verdicts.fail(queue, job, "this is no training, so it was not run")
            return
        self._job, self._verdict, self._interruption = job, None, ""
        self._oom_kills = verdicts.oom_kills()
        _log.info("job %s begins", job.id)
        self._on_job(True)
        try:
            super().execute_job(job, queue)
        finally:
            self._on_job(False)

    # The work horse.

    def fork_work_horse(self, job: Job, queue: Queue) -> None:
        """Fork the process that trains, in a group of its own and tied to this one."""
        parent = os.getpid()
        child = os.fork()
        if child == 0:
            os.setpgrp()
            horse.settle(parent)
            self.main_work_horse(job, queue)
        # On both sides, so that a stop that comes at once kills this group and not our own.
        with contextlib.suppress(OSError):
            os.setpgid(child, child)
        self._horse_pid = child
        if self._interruption or self._stopped_job_id == job.id:
            self.kill_horse()

    def kill_horse(self, sig: signal.Signals = signal.SIGKILL) -> None:
        """Kill the work horse and all that it started."""
        if self._horse_pid > 0:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._horse_pid, sig)

    def wait_for_horse(self) -> tuple[int | None, int | None, resource.struct_rusage | None]:
        """Wait for its end and keep what it used."""
        pid, status, self._usage = super().wait_for_horse()
        return pid, status, self._usage

    def maintain_heartbeats(self, job: Job, execution: Execution) -> None:
        """Tell RQ that the job lives; a server that is away for a while stops no training."""
        try:
            super().maintain_heartbeats(job, execution)
        except redis.RedisError as error:
            _log.warning("the state server is away: %s", error)

    # Ending early.

    def give_up(self) -> None:
        """Another trainer has the turn: stop what runs. Called from the heart's thread."""
        self._interrupt("another trainer took over")

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """End; a training that runs is killed, since half an hour is too long to wait for."""
        self.is_told_to_stop = True
        self._interrupt("the trainer was stopped")
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def _interrupt(self, reason: str) -> None:
        self._interruption = reason
        self.kill_horse()

    # Endings. RQ calls handle_exception (in the horse) or handle_work_horse_killed (here) and then handle_job_failure.

    def handle_exception(self, job: Job, *exc_info: object) -> None:
        """Find the words for what the training raised."""
        error = exc_info[1]
        if not isinstance(error, BaseException):
            return
        ending, reason = self._verdict = verdicts.why_raised(error)
        is_our_fault = ending is Ending.FAILED and reason.startswith("unexpected")
        _log.error("job %s: %s", job.id, reason, exc_info=error if is_our_fault else None)

    def handle_work_horse_killed(
        self, job: Job, retpid: int | None, ret_val: int | None, rusage: resource.struct_rusage | None
    ) -> None:
        """Find the words for how the horse died."""
        killed = self._interruption or verdicts.why_killed(ret_val, rusage, verdicts.oom_kills() - self._oom_kills)
        job.refresh()  # type: ignore[no-untyped-call]
        self._verdict = Ending.FAILED, f"{killed} while {verdicts.step_of(job)}"

    def handle_job_failure(
        self,
        job: Job,
        queue: Queue,
        started_job_registry: object = None,
        exc_string: str = "",
        execution: Execution | None = None,
    ) -> None:
        """Fail or cancel the job, with one line why instead of a traceback."""
        if self._stopped_job_id == job.id:
            job.refresh()  # type: ignore[no-untyped-call]
            self._verdict = Ending.CANCELLED, f"cancelled while {verdicts.step_of(job)}"
        ending, reason = self._verdict = self._verdict or (Ending.FAILED, exc_string.strip() or "it vanished")
        job.ended_at = job.ended_at or datetime.now(UTC)
        job.meta |= {MetaKey.ENDING: ending, MetaKey.REASON: reason}
        job.save_meta()  # type: ignore[no-untyped-call]
        _log.warning("job %s is %s: %s", job.id, ending, reason)
        super().handle_job_failure(job, queue, started_job_registry, reason, execution)

    # RQ calls these with the transaction that ends the job, so our counts can neither miss one nor count it twice.

    def increment_successful_job_count(self, pipeline: Pipeline | None = None) -> None:
        """Count a finished training."""
        super().increment_successful_job_count(pipeline)
        self._count(pipeline, Ending.FINISHED)
        _log.info("job %s is finished", self._job.id if self._job else "")

    def increment_failed_job_count(self, pipeline: Pipeline | None = None) -> None:
        """Count a training that ended in another way."""
        super().increment_failed_job_count(pipeline)
        self._count(pipeline, self._verdict[0] if self._verdict else Ending.FAILED)

    def _count(self, pipeline: Pipeline | None, ending: Ending) -> None:
        job = self._job
        if pipeline is not None and job is not None:
            has_times = job.started_at is not None and job.ended_at is not None
            seconds = (job.ended_at - job.started_at).total_seconds() if has_times else None  # type: ignore[operator]
            count(pipeline, ending, datetime.now(UTC), seconds)
