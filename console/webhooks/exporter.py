"""The metrics of webhooks, from their durable counts: they stay when events workers come and go."""

import logging
from collections.abc import Callable, Iterator

import redis
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from console.webhooks.reading import WebhookReading
from shared import metric_names
from shared.webhooks import Outcome

_log = logging.getLogger(__name__)


class WebhookCollector(Collector):
    """Reads at each scrape; nothing rather than zeros while the server is away."""

    def __init__(self, read: Callable[[], list[WebhookReading]]) -> None:
        """``read`` gives the webhooks of now."""
        self._read = read

    def describe(self) -> list[Metric]:
        """Nothing: the names are known, and registering must not read the server."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The metrics of this instant."""
        try:
            webhooks = self._read()
        except redis.RedisError as error:
            _log.debug("no metrics of webhooks while the state server is away: %s", error)
            return
        ended = CounterMetricFamily(
            metric_names.WEBHOOK_DELIVERIES, "Events by what became of them", labels=["webhook", "outcome"]
        )
        waiting = GaugeMetricFamily(metric_names.WEBHOOK_WAITING, "Events not yet delivered", labels=["webhook"])
        for each in webhooks:
            waiting.add_metric([each.webhook.name], each.waiting)
            for outcome in Outcome:
                ended.add_metric([each.webhook.name, outcome], each.count(outcome))
        yield from (ended, waiting)
