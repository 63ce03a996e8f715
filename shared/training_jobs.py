"""What commands, trainers and the console's metrics agree on about training jobs.

A training is an RQ job on the state server. All of it is JSON: nobody who reads or writes a job
unpickles anything. ``shared.training_queue`` reads and writes these values.
"""

import json
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, Field, field_validator, model_validator

from shared.messages import Message

QUEUE = "maskwatch-training"
JOB_FUNCTION = "trainer.jobs.job.run"  # the only one that a trainer runs; its one argument is the training's settings
LEASE = "maskwatch:lease:training"  # hash: the trainer whose turn it is, see ``shared.leases``
COUNTS = "maskwatch:training:counts"  # hash: CountField
SCHEDULE = "maskwatch:training:schedule"  # string: TrainingSchedule

MAX_JOB_S = 24 * 3600  # a training that takes longer hangs
KEPT_S = 30 * 24 * 3600  # how long an ended job can be looked up


class Ending(StrEnum):
    """How a job ended."""

    FINISHED = "finished"  # a version was published
    REFUSED = "refused"  # what was asked cannot be trained; the same job would be refused again
    FAILED = "failed"
    CANCELLED = "cancelled"


class MetaKey:
    """Keys of an RQ job's meta."""

    PROGRESS = "progress"  # TrainingProgress
    OUTCOME = "outcome"  # TrainingOutcome
    ENDING = "ending"  # Ending
    REASON = "reason"  # of every ending but "finished": one line


class CountField:
    """Fields of the hash COUNTS; jobs are counted under the name of their ending."""

    LAST_SUCCESS = "last_success_at"  # seconds since 1970
    LAST_FAILURE = "last_failure_at"
    LAST_SECONDS = "last_seconds"  # that the last finished training took


class TrainingProgress(Message):
    """How far a training is; written at each new step and at most once a second in between."""

    step: str  # in words: "reading pictures", "fine-tuning"
    done: int = Field(default=0, ge=0)  # of ``total`` within the step
    total: int = Field(default=0, ge=0)
    note: str = ""  # the newest figures
    epoch: int | None = None  # counted from 1
    epochs: int | None = None  # at most
    loss: float | None = None
    share: float = Field(default=0.0, ge=0, le=1)  # of the whole training, by what steps usually take
    seconds_left: float | None = None  # at this pace; early stopping may end it sooner
    started_at: AwareDatetime
    updated_at: AwareDatetime
    pid: int
    host: str


class TrainingOutcome(Message):
    """What a finished training came to."""

    name: str
    version: int
    registry: str
    promoted: bool
    reasons: tuple[str, ...] = ()  # why it is served, or why not
    report: str = ""  # the page with pictures, on the trainer's machine
    peak_memory_bytes: int = 0


class TrainingSchedule(Message):
    """When trainings are queued by themselves, and with which settings: a cron expression or a period."""

    cron: str | None = None  # in the trainer's local time
    every_s: int | None = Field(default=None, ge=60)
    settings: dict[str, Any]
    created_at: AwareDatetime
    last_queued_at: AwareDatetime | None = None

    @field_validator("settings")
    @classmethod
    def _is_json(cls, settings: dict[str, Any]) -> dict[str, Any]:
        json.dumps(settings, allow_nan=False)  # what is no number would be read back as null
        return settings

    @model_validator(mode="after")
    def _has_one_rule(self) -> "TrainingSchedule":
        if (self.cron is None) == (self.every_s is None):
            raise ValueError("a schedule has either a cron expression or a period")
        return self

    @property
    def rule(self) -> str:
        """The rule in words."""
        return f"cron {self.cron}" if self.cron is not None else f"every {timedelta(seconds=self.every_s or 0)}"

    @property
    def counts_from(self) -> datetime:
        """The instant behind which the next run lies."""
        return self.last_queued_at or self.created_at
