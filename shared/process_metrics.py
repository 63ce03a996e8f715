"""What every process tells monitoring of itself: its release, its memory, its time on the processor."""

from importlib.metadata import version

from prometheus_client import CollectorRegistry, Gauge, disable_created_metrics
from prometheus_client.process_collector import ProcessCollector

from shared import metric_names

# Of a frame from its capture on, in seconds: the same for all who tell of it, so that Prometheus can add them up.
LATENCY_BUCKETS_S = (0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 2, 5, 10, 30)


def process_registry() -> CollectorRegistry:
    """A registry for a process's own metrics, with those that all processes have."""
    # Twice the series, for what the start of the process tells as well.
    disable_created_metrics()  # type: ignore[no-untyped-call]
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    build = Gauge(metric_names.BUILD_INFO, "The release that runs", ["version"], registry=registry)
    build.labels(release()).set(1)
    return registry


def release() -> str:
    """The version of the release that runs."""
    return version("maskwatch")
