"""The metrics of the model registry: which version is to be served, and how good the newest ones are."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from console.model_list import current_or_none, raise_unreachable
from shared import metric_names
from shared.model_registry import ModelError, ModelRegistry

_log = logging.getLogger(__name__)

NEWEST = 10  # versions whose accuracy is told, beside the promoted one
INTERVAL_S = 30.0
PATIENCE_S = 1.0  # for which a scrape waits for a registry that is being read
MAX_AGE_S = 120.0  # after which what was read is no longer told


@dataclass(frozen=True)
class ModelReading:
    """All about the registry at one instant."""

    promoted: int | None
    versions: int
    accuracy: Mapping[int, Mapping[str, float]] = field(default_factory=dict)  # version -> part of its data -> share


class ModelReader:
    """Reads a registry; a manifest that was read once is not read again, since accuracy never changes."""

    def __init__(self, registry: ModelRegistry) -> None:
        """Nothing is read yet."""
        self._registry = registry
        self._known: dict[int, Mapping[str, float]] = {}

    def read(self) -> ModelReading:
        """The registry of now.

        Raises:
            ModelError: it does not answer.
        """
        versions, promoted = self._registry.versions(), current_or_none(self._registry)
        told = [each for each in versions if each in {*versions[-NEWEST:], promoted}]
        found = {version: self._known.get(version) or self._accuracy(version) for version in told}
        self._known = {version: parts for version, parts in found.items() if parts}
        return ModelReading(promoted, len(versions), self._known)

    def _accuracy(self, version: int) -> Mapping[str, float]:
        """By part of the data; none of a version whose manifest is broken."""
        try:
            metrics = self._registry.manifest(version).metrics
        except ModelError as error:
            raise_unreachable(error)
            return {}
        return {part: figures["accuracy"] for part, figures in metrics.items() if "accuracy" in figures}


class ModelCollector(Collector):
    """Tells what was read in a thread of its own, so that a registry that hangs holds no scrape up for long.

    While the registry cannot be read there is nothing rather than zeros.
    """

    def __init__(self, read: Callable[[], ModelReading], interval_s: float = INTERVAL_S) -> None:
        """``read`` gives the registry of now and is called every ``interval_s`` at most, when a scrape asks."""
        self._read = read
        self._interval_s = interval_s
        self._next_at = 0.0
        self._reading: ModelReading | None = None
        self._read_at = 0.0
        self._is_broken = False
        self._thread: threading.Thread | None = None

    def describe(self) -> list[Metric]:
        """Nothing: the names are known, and registering must not read the registry."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The metrics of the newest reading."""
        self._refresh()
        if self._reading is not None and time.monotonic() - self._read_at < MAX_AGE_S:
            yield from _metrics(self._reading)

    def _refresh(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            return
        if time.monotonic() >= self._next_at:
            self._next_at = time.monotonic() + self._interval_s
            self._thread = threading.Thread(target=self._look, name="model registry", daemon=True)
            self._thread.start()
            self._thread.join(PATIENCE_S)

    def _look(self) -> None:
        try:
            reading = self._read()
        except (ModelError, OSError) as error:
            if not self._is_broken:
                _log.warning("no metrics of models while the registry cannot be read: %s", error)
            self._reading, self._is_broken = None, True
            return
        self._reading, self._read_at, self._is_broken = reading, time.monotonic(), False


def _metrics(reading: ModelReading) -> Iterator[Metric]:
    promoted = GaugeMetricFamily(metric_names.MODEL_PROMOTED, "The version to be served", labels=["version"])
    if reading.promoted is not None:
        promoted.add_metric([str(reading.promoted)], 1)
    accuracy = GaugeMetricFamily(
        metric_names.MODEL_ACCURACY, "Share that was right when it was made", labels=["version", "part"]
    )
    for version, parts in reading.accuracy.items():
        for part, share in parts.items():
            accuracy.add_metric([str(version), part], share)
    versions = GaugeMetricFamily(metric_names.MODEL_VERSIONS, "Versions in the registry", value=reading.versions)
    yield from (promoted, versions, accuracy)
