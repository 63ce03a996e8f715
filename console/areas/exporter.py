"""The metrics of areas, from their durable counts."""

import logging
from collections.abc import Callable, Iterator

import redis
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from console.areas.reading import AreaReading
from shared import metric_names

_log = logging.getLogger(__name__)


class AreaCollector(Collector):
    """Reads at each scrape; nothing rather than zeros while the server is away."""

    def __init__(self, read: Callable[[], list[AreaReading]]) -> None:
        """``read`` gives the areas of now."""
        self._read = read

    def describe(self) -> list[Metric]:
        """Nothing: the names are known, and registering must not read the server."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The metrics of this instant."""
        try:
            areas = self._read()
        except redis.RedisError as error:
            _log.debug("no metrics of areas while the state server is away: %s", error)
            return
        violations = CounterMetricFamily(
            metric_names.AREA_VIOLATIONS, "Violations of overlapping cameras, none summed twice", labels=["area"]
        )
        for each in areas:
            violations.add_metric([each.area.name], each.violations)
        yield violations
