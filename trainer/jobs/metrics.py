"""What a trainer counts of its own since its start; the console's /metrics speaks for all jobs."""

import time

from prometheus_client import CollectorRegistry, Counter, Gauge

from shared import metric_names

STAGE = "train"


class TrainerMetrics:
    """The stage ``train``: jobs in, out, in progress, last ended."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Begin at zero."""
        items = Counter(metric_names.STAGE_ITEMS, "Items by stage", ["stage", "direction"], registry=registry)
        self._in, self._out = (items.labels(STAGE, direction) for direction in ("in", "out"))
        self._running = Gauge(
            metric_names.STAGE_IN_PROGRESS, "Items in the stage now", ["stage"], registry=registry
        ).labels(STAGE)
        self._last = Gauge(
            metric_names.STAGE_LAST, "When the stage last ended an item", ["stage"], registry=registry
        ).labels(STAGE)

    def on_job(self, has_begun: bool) -> None:
        """Take note of a job that begins or has ended."""
        if has_begun:
            self._in.inc()
            self._running.set(1)
        else:
            self._out.inc()
            self._running.set(0)
            self._last.set(time.time())
