"""Writes a training's progress into its job's meta, where everybody can read it."""

import logging
import os
import socket
import time
from datetime import UTC, datetime

import redis
from rq.job import Job

from shared.training_jobs import MetaKey, TrainingOutcome, TrainingProgress
from trainer.jobs.estimate import Estimate
from trainer.settings import TrainProgress

INTERVAL_S = 1.0
PATIENCE_S = 120.0  # for a state server that is away when half an hour of training has just ended
_RETRY_S = 1.0

_log = logging.getLogger(__name__)


class Reporter:
    """What a training calls with each ``TrainProgress``. A state server that is away stops no training."""

    def __init__(self, job: Job) -> None:
        """Begin; nothing is written yet."""
        self._job = job
        self._began_at = datetime.now(UTC)
        self._estimate = Estimate(time.monotonic())
        self._step = ""
        self._written_at = 0.0

    def __call__(self, progress: TrainProgress) -> None:
        """Take note, and write it down if the step is new or the last writing is a second old."""
        now = time.monotonic()
        self._estimate.update(progress.phase, progress.done, progress.total, now)
        if progress.phase == self._step and now - self._written_at < INTERVAL_S:
            return
        if progress.phase != self._step:
            _log.info("%s", progress.phase)
        self._step, self._written_at = progress.phase, now
        self._job.meta[MetaKey.PROGRESS] = self._message(progress).model_dump(mode="json")
        try:
            self._job.save_meta()  # type: ignore[no-untyped-call]
        except redis.RedisError as error:
            _log.warning("progress is not written: %s", error)

    def _message(self, progress: TrainProgress) -> TrainingProgress:
        return TrainingProgress(
            step=progress.phase,
            done=progress.done,
            total=progress.total,
            note=progress.note,
            epoch=progress.epoch,
            epochs=progress.epochs,
            loss=progress.loss,
            share=round(self._estimate.share, 4),
            seconds_left=self._estimate.seconds_left,
            started_at=self._began_at,
            updated_at=datetime.now(UTC),
            pid=os.getpid(),
            host=socket.gethostname(),
        )

    def finish(self, outcome: TrainingOutcome) -> None:
        """Write that all is done, and what came out; waits a while for a state server that is away."""
        done = self._message(TrainProgress("done", 0, 0)).model_copy(update={"share": 1.0, "seconds_left": 0.0})
        self._job.meta |= {
            MetaKey.PROGRESS: done.model_dump(mode="json"),
            MetaKey.OUTCOME: outcome.model_dump(mode="json"),
        }
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                self._job.save_meta()  # type: ignore[no-untyped-call]
            except redis.RedisError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(_RETRY_S)
            else:
                return
