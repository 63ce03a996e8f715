"""What a worker tells Prometheus."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from shared import metric_names
from shared.foreign_keys import ForeignKeys
from shared.messages import DeadLetterReason
from shared.model_registry import Refusal
from shared.process_metrics import LATENCY_BUCKETS_S
from worker.detector_figures import FIGURES

STAGES = ("read", "decode", "detect", "crop", "classify", "publish")
LOADED, FAILED = "loaded", "failed"
RELOAD_OUTCOMES = (LOADED, *(refusal.value for refusal in Refusal), FAILED)
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_FRAMES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class _StageSeries(NamedTuple):
    duration: Histogram
    items_in: Counter
    items_out: Counter
    last: Gauge


class WorkerMetrics:
    """Every series of a worker, at zero from the start."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Declare the series on ``registry``."""
        names = metric_names
        self._items = Counter(
            names.STAGE_ITEMS, "Items into and out of a stage", ["stage", "direction"], registry=registry
        )
        self._in_progress = Gauge(names.STAGE_IN_PROGRESS, "Items in a stage now", ["stage"], registry=registry)
        self._last = Gauge(names.STAGE_LAST, "When a stage last ended", ["stage"], registry=registry)
        self._duration = Histogram(
            names.STAGE_DURATION, "Seconds of a stage", ["stage"], buckets=_SECONDS, registry=registry
        )
        self.batch_frames = Histogram(names.BATCH_FRAMES, "Frames in a batch", buckets=_FRAMES, registry=registry)
        self.latency = Histogram(
            names.END_TO_END_LATENCY, "Seconds from capture to judgement", buckets=LATENCY_BUCKETS_S, registry=registry
        )
        self.claimed = Counter(names.CLAIMED, "Entries taken over from other workers", registry=registry)
        self.trimmed = Counter(names.TRIMMED, "Entries that were gone when they were claimed", registry=registry)
        self.faces_refused = Counter(
            names.FACES_REFUSED, "What a detector took for a face and the classifier did not", registry=registry
        )
        self.busy_s, self.frames_judged = 0.0, 0  # what counters say as well, for the heartbeat
        self._busy = Counter(names.BUSY_SECONDS, "Time in which it did not wait for frames", registry=registry)
        self.pixels = Counter(names.PIXELS, "Pixels of the pictures judged", registry=registry)
        self.pixels_scanned = Counter(names.PIXELS_SCANNED, "Pixels that the detector was shown", registry=registry)
        self._dead_letters = Counter(names.DEAD_LETTERS, "Entries given up", ["reason"], registry=registry)
        self._detector = Gauge(names.DETECTOR_INFO, "The detector in use", ["detector"], registry=registry)
        self._recall = Gauge(
            names.DETECTOR_RECALL, "Faces that it is expected to find", ["detector", "label"], registry=registry
        )
        self._bias = Gauge(
            names.DETECTOR_BIAS, "Compliance as reported less what is true, expected", ["detector"], registry=registry
        )
        self._model = Gauge(names.MODEL_INFO, "The model version served", ["version"], registry=registry)
        self._reloads = Counter(names.MODEL_RELOADS, "Model versions tried", ["outcome"], registry=registry)
        self._reload_at = Gauge(names.MODEL_RELOAD_TIMESTAMP, "Since when the version is served", registry=registry)
        self._behind = Gauge(names.MODEL_BEHIND, "1 while another version is promoted", registry=registry)
        self._foreign = Gauge(names.FOREIGN_KEYS, "Keys that none of ours writes", registry=registry)
        self._of_stage: dict[str, _StageSeries] = {}
        self._served: int | None = None
        self._promoted: int | None = None
        for stage in STAGES:
            for direction in ("in", "out"):
                self._items.labels(stage, direction)
            self._in_progress.labels(stage)
            self._duration.labels(stage)
        for reason in DeadLetterReason:
            self._dead_letters.labels(reason.value)
        for outcome in RELOAD_OUTCOMES:
            self._reloads.labels(outcome)

    def tells(self, foreign: ForeignKeys) -> None:
        """Say how many keys there are that none of ours writes."""
        self._foreign.set_function(lambda: len(foreign))

    @contextmanager
    def stage(self, stage: str, items: int) -> Iterator[None]:
        """Time a stage that takes ``items`` in; the same number comes out unless it raises."""
        started = time.monotonic()
        with self._in_progress.labels(stage).track_inprogress():
            yield
        self.passed(stage, time.monotonic() - started, items, items)

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Time what is no waiting for frames, also where it fails."""
        started = time.monotonic()
        try:
            yield
        finally:
            seconds = time.monotonic() - started
            self.busy_s += seconds
            self._busy.inc(seconds)

    def passed(self, stage: str, seconds: float, items_in: int, items_out: int) -> None:
        """Record a stage that has ended."""
        series = self._of_stage.get(stage) or self._series(stage)
        series.duration.observe(seconds)
        series.items_in.inc(items_in)
        self.frames_judged += items_in if stage == "detect" else 0  # each frame that is judged passes it once
        series.items_out.inc(items_out)
        series.last.set_to_current_time()

    def _series(self, stage: str) -> "_StageSeries":
        """Of a stage that has never ended before; looking them up by label costs more than counting."""
        series = self._of_stage[stage] = _StageSeries(
            self._duration.labels(stage),
            self._items.labels(stage, "in"),
            self._items.labels(stage, "out"),
            self._last.labels(stage),
        )
        return series

    def dead_letter(self, reason: DeadLetterReason) -> None:
        """Count an entry that was given up."""
        self._dead_letters.labels(reason.value).inc()

    def reloaded(self, outcome: str) -> None:
        """Count a model version that was tried; ``outcome`` is one of ``RELOAD_OUTCOMES``."""
        self._reloads.labels(outcome).inc()

    def detects_with(self, detector: str) -> None:
        """Say which detector is in use, and what is to be expected of it where that was measured."""
        self._detector.labels(detector).set(1)
        if expected := FIGURES.get(detector):
            self._bias.labels(detector).set(expected.compliance_bias)
            for label, share in expected.recall.items():
                self._recall.labels(detector, label.value).set(share)

    def serves(self, version: int) -> None:
        """Say which model version is served from now on."""
        before, self._served = self._served, version
        self._model.labels(str(version)).set(1)
        if before not in {None, version}:
            self._model.remove(str(before))
        self._reload_at.set_to_current_time()
        self._compare()

    def promoted(self, version: int | None) -> None:
        """Say which model version is to be served; ``None`` where the registry names none."""
        self._promoted = version
        self._compare()

    def _compare(self) -> None:
        self._behind.set(self._served != self._promoted)
