"""What the events worker tells Prometheus of itself; what it counted is exported from the durable counts."""

from enum import StrEnum

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from shared import metric_names
from shared.foreign_keys import ForeignKeys
from shared.process_metrics import LATENCY_BUCKETS_S

_STAGE = "judge"


class Kept(StrEnum):
    """What became of a face that was to be kept for review."""

    WRITTEN = "written"
    KNOWN = "known"  # a replay: it is there already
    FAILED = "failed"  # the folder cannot be written, or the face is none that a worker sends
    SKIPPED = "skipped"  # the folder does not keep up


class Pictured(StrEnum):
    """What became of a request for a violation's picture."""

    WRITTEN = "written"
    WITHOUT_FRAME = "without_frame"  # the frame was gone: the face alone
    FAILED = "failed"  # too many waited, or it is no picture
    ERASED = "erased"  # the violation was, meanwhile


class EventsMetrics:
    """Declared once, on the registry that is passed in."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Start every series at zero."""
        stage = ["stage"]
        self._items = Counter(
            metric_names.STAGE_ITEMS, "Items into and out of a stage", [*stage, "direction"], registry=registry
        )
        self._last = Gauge(metric_names.STAGE_LAST, "When a stage last ended an item", stage, registry=registry)
        self._duration = Histogram(
            metric_names.STAGE_DURATION, "Time of a stage for one batch", stage, registry=registry
        )
        self._latency = Histogram(
            metric_names.END_TO_END_LATENCY,
            "From capture to judgement, of live cameras",
            buckets=LATENCY_BUCKETS_S,
            registry=registry,
        )
        self._review = Counter(metric_names.REVIEW_FACES, "Faces to be kept for review", ["outcome"], registry=registry)
        for outcome in Kept:
            self._review.labels(outcome)
        self._pictures = Counter(metric_names.SNAPSHOTS, "Pictures of violations", ["outcome"], registry=registry)
        for pictured in Pictured:
            self._pictures.labels(pictured)
        self._foreign = Gauge(metric_names.FOREIGN_KEYS, "Keys that none of ours writes", registry=registry)
        for direction in ("in", "out"):
            self._items.labels(_STAGE, direction)
        self._last.labels(_STAGE)
        self._duration.labels(_STAGE)

    def tells(self, foreign: ForeignKeys) -> None:
        """Say how many keys there are that none of ours writes."""
        self._foreign.set_function(lambda: len(foreign))

    def judged(self, entries: int, results: int, seconds: float, latencies_s: list[float]) -> None:
        """Note a batch that was judged and committed in ``seconds``: entries that were read, results in them."""
        self._items.labels(_STAGE, "in").inc(entries)
        self._items.labels(_STAGE, "out").inc(results)
        self._duration.labels(_STAGE).observe(seconds)
        self._last.labels(_STAGE).set_to_current_time()
        for latency_s in latencies_s:
            self._latency.observe(max(0.0, latency_s))

    def review(self, outcome: Kept) -> None:
        """Count a face that was to be kept for review."""
        self._review.labels(outcome).inc()

    def picture(self, outcome: Pictured) -> None:
        """Count a request for a violation's picture that was dealt with."""
        self._pictures.labels(outcome).inc()
