"""The schedule of trainings that queue themselves."""

from datetime import UTC, datetime
from typing import Any

import redis
from pydantic import ValidationError
from rq.cron import CronJob

from console import durations
from console.errors import BadInput
from console.instants import Instant
from shared.training_jobs import JOB_FUNCTION, QUEUE, SCHEDULE, TrainingSchedule


def schedule_from(rule: str, settings: dict[str, Any], option: str = "--every") -> TrainingSchedule:
    """The schedule of a rule: a cron expression such as ``0 3 * * 0``, or a period such as ``7d``.

    Raises:
        BadInput: the rule is neither.
    """
    is_period = durations.is_span(rule)
    every_s = round(durations.seconds(rule, option)) if is_period else None
    try:
        schedule = TrainingSchedule(
            cron=None if is_period else rule, every_s=every_s, settings=settings, created_at=datetime.now(UTC)
        )
        next_run(schedule)
    except ValidationError as error:
        raise BadInput(f"{option} is {rule!r}: {error.errors()[0]['msg']}") from error
    except ValueError as error:
        raise BadInput(f"{option} is {rule!r}: give a cron expression such as '0 3 * * 0' or 7d ({error})") from error
    return schedule


def next_run(schedule: TrainingSchedule) -> datetime | None:
    """When the next training is due, as RQ reckons it; ValueError when the cron expression is none."""
    return _rule_from(schedule, schedule.counts_from).next_enqueue_time


def period_s(schedule: TrainingSchedule) -> float | None:
    """The time between the next two trainings."""
    due = next_run(schedule)
    after = _rule_from(schedule, due).next_enqueue_time if due else None
    return (after - due).total_seconds() if due and after else None


def _rule_from(schedule: TrainingSchedule, instant: datetime) -> CronJob:
    rule = CronJob(QUEUE, func_name=JOB_FUNCTION, interval=schedule.every_s, cron=schedule.cron)
    rule.set_enqueue_time(instant)
    return rule


def in_words(schedule: TrainingSchedule) -> str:
    """The rule, the next run in this machine's local time, and what is trained on."""
    due = next_run(schedule)
    when = f"next at {due.astimezone():%Y-%m-%d %H:%M %Z}" if due else "never"
    return f"{schedule.rule}, {when}, from {', '.join(schedule.settings.get('data', []))}"


def set_schedule(state: redis.Redis, rule: str, settings: dict[str, Any], option: str = "--every") -> TrainingSchedule:
    """Queue such trainings by a rule from now on, in the place of any schedule before.

    Raises:
        BadInput: the rule is none; ``option`` is how it was given.
    """
    schedule = schedule_from(rule, settings, option)
    write(state, schedule)
    return schedule


class ScheduleAnswer(TrainingSchedule):
    """When trainings queue themselves, and when the next one does."""

    next_at: Instant | None


def as_message(schedule: TrainingSchedule) -> ScheduleAnswer:
    """For programs."""
    return ScheduleAnswer(**dict(schedule), next_at=next_run(schedule))


def write(state: redis.Redis, schedule: TrainingSchedule) -> None:
    """Set the schedule; the one before is gone. Trainers see it within a second."""
    state.set(SCHEDULE, schedule.model_dump_json())


def remove(state: redis.Redis) -> bool:
    """Remove the schedule; ``False`` when there was none."""
    return bool(state.delete(SCHEDULE))
