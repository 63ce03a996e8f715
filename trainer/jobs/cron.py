"""Trainings that queue themselves: RQ's cron, fed from the schedule on the state server."""

import logging
from datetime import UTC, datetime

import redis
from rq import Queue
from rq.cron import CronJob, CronScheduler

from shared import leases
from shared.leases import Lease, LeaseLost
from shared.training_jobs import JOB_FUNCTION, QUEUE, SCHEDULE, TrainingSchedule
from shared.training_queue import enqueue, parse_schedule, running_ids

_log = logging.getLogger(__name__)


class ScheduledTraining(CronJob):
    """When the next training is due; a time that passed while no trainer ran is made up for once."""

    def __init__(self, schedule: TrainingSchedule) -> None:
        """Compute the next run; ValueError when the rule is none."""
        super().__init__(QUEUE, func_name=JOB_FUNCTION, interval=schedule.every_s, cron=schedule.cron)
        self.schedule = schedule
        self.set_enqueue_time(schedule.counts_from)


class TrainingCron(CronScheduler):
    """Ticked by the trainer whose turn it is, so that no run is queued twice."""

    def __init__(self, queue: Queue) -> None:
        """Know no schedule yet."""
        super().__init__(queue.connection)
        self._queue = queue
        self._raw: object = None

    def tick(self, lease: Lease) -> None:
        """Queue what is due, and take over a schedule that has changed."""
        self._reread(self.connection.get(SCHEDULE))
        for due in [each for each in self._cron_jobs if each.should_run()]:
            if isinstance(due, ScheduledTraining):
                self._queue_once(due, lease)

    def _reread(self, raw: object) -> None:
        if raw == self._raw:
            return
        self._raw = raw
        schedule = parse_schedule(raw)
        try:
            self._cron_jobs = [] if schedule is None else [ScheduledTraining(schedule)]
        except ValueError as error:
            self._cron_jobs = []
            _log.error("the schedule cannot be used: %s", error)
        for each in self._cron_jobs:
            _log.info("the next scheduled training is due at %s", each.next_enqueue_time)

    def _queue_once(self, due: ScheduledTraining, lease: Lease) -> None:
        """Queue one run and remember it in one transaction, behind the lease and an unchanged schedule."""
        is_busy = self._queue.count or running_ids(self._queue)
        queued = due.schedule.model_copy(update={"last_queued_at": datetime.now(UTC)})
        with self.connection.pipeline() as pipeline:
            try:
                leases.watch(pipeline, lease)
                pipeline.watch(SCHEDULE)  # type: ignore[no-untyped-call]
                if pipeline.get(SCHEDULE) != self._raw:
                    return
                pipeline.multi()
                if not is_busy:
                    enqueue(self._queue, due.schedule.settings, pipeline)
                pipeline.set(SCHEDULE, queued.model_dump_json())
                pipeline.execute()
            except (LeaseLost, redis.WatchError):
                return  # the next tick, here or at the next trainer, sees what has changed
        _log.info("a scheduled training is %s", "left out: another one is under way" if is_busy else "queued")
