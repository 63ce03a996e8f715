"""The metrics of the heartbeat: how fresh and how right the last picture of known faces came out."""

import logging
from collections.abc import Callable, Iterator

import redis
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from console.heartbeat.reading import HeartbeatReading
from shared import metric_names

_log = logging.getLogger(__name__)


class HeartbeatCollector(Collector):
    """Reads at each scrape; nothing rather than zeros while the server is away."""

    def __init__(self, read: Callable[[], HeartbeatReading]) -> None:
        """``read`` gives the heartbeat of now."""
        self._read = read

    def describe(self) -> list[Metric]:
        """Nothing: the names are known, and registering must not read the server."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The metrics of this instant; what is not known yet is left out."""
        try:
            reading = self._read()
        except redis.RedisError as error:
            _log.debug("no metrics of the heartbeat while the state server is away: %s", error)
            return
        yield _outcomes(reading)
        yield _timestamps(reading)
        yield _right(reading)
        yield _gauge(
            metric_names.HEARTBEAT_DURATION, "Of the last one, from its sending to its count", reading.duration_s
        )
        yield _gauge(metric_names.HEARTBEAT_INTERVAL, "Between two, 0 while they are switched off", reading.interval_s)


def _outcomes(reading: HeartbeatReading) -> Metric:
    family = CounterMetricFamily(
        metric_names.HEARTBEATS, "Pictures of known faces that went through all stages", labels=["outcome"]
    )
    for outcome, count in reading.outcomes.items():
        family.add_metric([outcome], count)
    return family


def _timestamps(reading: HeartbeatReading) -> Metric:
    family = GaugeMetricFamily(metric_names.HEARTBEAT_TIMESTAMP, "When one last came so far", labels=["stage"])
    instants = {"sent": reading.sent_at, "judged": reading.judged_at, "counted": reading.counted_at}
    for stage, at in instants.items():
        if at is not None:
            family.add_metric([stage], at)
    return family


def _right(reading: HeartbeatReading) -> Metric:
    family = GaugeMetricFamily(
        metric_names.HEARTBEAT_RIGHT, "Whether the last one's face with that label was told so", labels=["label"]
    )
    for label, is_right in reading.is_right.items():
        family.add_metric([label], int(is_right))
    return family


def _gauge(name: str, description: str, value: float | None) -> Metric:
    family = GaugeMetricFamily(name, description)
    if value is not None:
        family.add_metric([], value)
    return family
