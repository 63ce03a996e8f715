"""The metrics of trainings, for the whole system: they stay when trainers come and go."""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

import redis
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from console.training.jobs import view
from shared import metric_names
from shared.training_jobs import COUNTS, CountField, Ending, TrainingProgress
from shared.training_queue import fetch, open_queue, read_schedule, running_ids

_log = logging.getLogger(__name__)

# Gauges from the counts: what each is, and its field.
_LAST = (
    (metric_names.TRAINING_LAST_SUCCESS, "When a training last published a version", CountField.LAST_SUCCESS),
    (metric_names.TRAINING_LAST_FAILURE, "When a training last failed or was refused", CountField.LAST_FAILURE),
    (metric_names.TRAINING_LAST_DURATION, "How long the last finished training took", CountField.LAST_SECONDS),
)


@dataclass(frozen=True)
class TrainingReading:
    """All about trainings at one instant."""

    queued: int
    progress: TrainingProgress | None
    is_running: bool
    period_s: float | None  # of the schedule
    counts: Mapping[str, float] = field(default_factory=dict)


def read(state: redis.Redis) -> TrainingReading:
    """Read it from the state server."""
    queue = open_queue(state)
    jobs = [job for job in (fetch(queue, each) for each in running_ids(queue)) if job is not None]
    running = next((each for each in map(view, jobs) if each.state == "running"), None)
    counts = cast("dict[bytes, bytes]", state.hgetall(COUNTS))
    return TrainingReading(
        queued=queue.count,
        progress=running.progress if running else None,
        is_running=running is not None,
        period_s=_period(state),
        counts={name.decode(): float(value) for name, value in counts.items()},
    )


def _period(state: redis.Redis) -> float | None:
    schedule = read_schedule(state)
    if schedule is None:
        return None
    from console.training.scheduling import period_s  # noqa: PLC0415 - most systems have no schedule to reckon

    return period_s(schedule)


class TrainingCollector(Collector):
    """Reads at each scrape; nothing rather than zeros while the server is away."""

    def __init__(self, read: Callable[[], TrainingReading]) -> None:
        """``read`` gives the trainings of now."""
        self._read = read

    def describe(self) -> list[Metric]:
        """Nothing: the names are known, and registering must not read the server."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The metrics of this instant."""
        try:
            reading = self._read()
        except redis.RedisError as error:
            _log.debug("no metrics of trainings while the state server is away: %s", error)
            return
        jobs = CounterMetricFamily(metric_names.TRAINING_JOBS, "Training jobs that ended", labels=["outcome"])
        for ending in Ending:
            jobs.add_metric([ending], reading.counts.get(ending, 0))
        yield jobs
        yield _gauge(metric_names.TRAINING_QUEUED, "Trainings that wait", reading.queued)
        yield _gauge(metric_names.TRAINING_IN_PROGRESS, "1 while a training runs", float(reading.is_running))
        for name, what, counted in _LAST:
            if counted in reading.counts:
                yield _gauge(name, what, reading.counts[counted])
        if reading.period_s is not None:
            yield _gauge(metric_names.TRAINING_PERIOD, "Time between two scheduled trainings", reading.period_s)
        yield from _running(reading.progress)


def _running(progress: TrainingProgress | None) -> Iterator[Metric]:
    if progress is None:
        return
    yield _gauge(metric_names.TRAINING_PROGRESS, "Share of the running training that is done", progress.share)
    if progress.epoch is not None:
        yield _gauge(metric_names.TRAINING_EPOCH, "Epoch of the running training", progress.epoch)
    if progress.loss is not None:
        yield _gauge(metric_names.TRAINING_LOSS, "Newest loss of the running training", progress.loss)


def _gauge(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, what, value=value)
