"""What the producer tells monitoring of its stages: capture, inspect, gate, encode, publish."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from producer.load.relief import Relief
from producer.sources.base import Picture
from shared import metric_names
from shared.foreign_keys import ForeignKeys

STAGES = ("capture", "inspect", "gate", "encode", "publish")
_DELAYS_S = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)


class _StageSeries(NamedTuple):
    items_in: Counter
    items_out: Counter
    in_progress: Gauge
    duration: Histogram
    last: Gauge


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
        self._foreign = Gauge(metric_names.FOREIGN_KEYS, "Keys that none of ours writes", registry=registry)
        self.load(0.0, Relief())
        # Looking series up by label costs more than counting.
        self._of_stage = {
            stage: _StageSeries(
                self._items.labels(stage, "in"),
                self._items.labels(stage, "out"),
                self._in_progress.labels(stage),
                self._duration.labels(stage),
                self._last.labels(stage),
            )
            for stage in STAGES
        }

    def tells(self, foreign: ForeignKeys) -> None:
        """Say how many keys there are that none of ours writes."""
        self._foreign.set_function(lambda: len(foreign))

    def load(self, lateness_s: float, relief: Relief) -> None:
        """Tell how late live frames are, in seconds, and what gives way for that."""
        self._load_level.set(relief.level)
        self._load_rate.set(relief.rate)
        self._load_lateness.set(lateness_s)

    @contextmanager
    def stage(self, stage: str) -> Iterator[None]:
        """Count one picture through a stage; one whose handling raises goes in and never comes out."""
        began_at = time.monotonic()
        series = self._of_stage[stage]
        series.items_in.inc()
        with series.in_progress.track_inprogress():
            yield
        series.items_out.inc()
        series.duration.observe(time.monotonic() - began_at)
        series.last.set_to_current_time()

    def captured(self, pictures: Iterator[Picture]) -> Iterator[Picture]:
        """The pictures of a source, each one counted and timed; the time includes the wait for it."""
        while True:
            with self.stage("capture"):
                picture = next(pictures, None)
            if picture is None:
                return
            yield picture
