"""What the producer tells monitoring of its stages: capture, inspect, gate, encode, publish."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from producer.load.relief import Relief
from producer.sources.base import Picture
from shared import metric_names

STAGES = ("capture", "inspect", "gate", "encode", "publish")
_DELAYS_S = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)


class ProducerMetrics:
    """The producer's series, all there from the start."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Declare them in ``registry``."""
        self._items = Counter(
            metric_names.STAGE_ITEMS, "Pictures in and out of a stage", ["stage", "direction"], registry=registry
        )
        self._duration = Histogram(
            metric_names.STAGE_DURATION, "Seconds in a stage; capture includes the wait", ["stage"], registry=registry
        )
        self._in_progress = Gauge(
            metric_names.STAGE_IN_PROGRESS, "Pictures inside a stage", ["stage"], registry=registry
        )
        self._last = Gauge(metric_names.STAGE_LAST, "When a picture last left a stage", ["stage"], registry=registry)
        self.capture_delay = Histogram(
            metric_names.CAPTURE_DELAY, "Seconds from a live picture's arrival to its entry in the stream",
            buckets=_DELAYS_S, registry=registry,
        )  # fmt: skip
        self._load_level = Gauge(
            metric_names.LOAD_LEVEL, "What gives way: 0 nothing to 3 resolution", registry=registry
        )
        self._load_rate = Gauge(metric_names.LOAD_RATE, "Share of due live frames that is sent", registry=registry)
        self._load_lateness = Gauge(metric_names.LOAD_LATENESS, "How late live frames are", registry=registry)
        self.load(0.0, Relief())
        for stage in STAGES:
            for direction in ("in", "out"):
                self._items.labels(stage, direction)
            for series in (self._duration, self._in_progress, self._last):
                series.labels(stage)

    def load(self, lateness_s: float, relief: Relief) -> None:
        """Tell how late live frames are, in seconds, and what gives way for that."""
        self._load_level.set(relief.level)
        self._load_rate.set(relief.rate)
        self._load_lateness.set(lateness_s)

    @contextmanager
    def stage(self, stage: str) -> Iterator[None]:
        """Count one picture through a stage; one whose handling raises goes in and never comes out."""
        began_at = time.monotonic()
        self._items.labels(stage, "in").inc()
        with self._in_progress.labels(stage).track_inprogress():
            yield
        self._items.labels(stage, "out").inc()
        self._duration.labels(stage).observe(time.monotonic() - began_at)
        self._last.labels(stage).set_to_current_time()

    def captured(self, pictures: Iterator[Picture]) -> Iterator[Picture]:
        """The pictures of a source, each one counted and timed; the time includes the wait for it."""
        while True:
            with self.stage("capture"):
                picture = next(pictures, None)
            if picture is None:
                return
            yield picture
