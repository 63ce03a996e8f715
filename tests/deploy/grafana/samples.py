"""Two hours of a system in which everything happened: a sample a minute of each metric that is documented."""

from collections.abc import Iterator, Mapping
from itertools import product

from console.exporter import ROLES
from shared import metric_names as names
from shared.cameras import CameraState
from shared.messages import Label, PersonOutcome
from tests.deploy.grafana.documented import Documented, metrics

MINUTES = 120
WORKERS = ("box/worker-1", "box/worker-2")
_VALUES: Mapping[str, tuple[str, ...]] = {
    "camera": ("gate", "lobby"),
    "direction": ("in", "out"),
    "label": tuple(Label),
    "role": ROLES,
    "state": tuple(CameraState),
    "version": ("1",),
    "detector": ("maskwatch",),
}
_OF_PROCESSES = (
    Documented("process_resident_memory_bytes", "gauge", (), is_of_system=False),
    Documented("process_cpu_seconds", "counter", (), is_of_system=False),
    Documented("up", "gauge", (), is_of_system=False),
)


def open_metrics(ends_at: int) -> Iterator[str]:
    """Lines of the OpenMetrics text format, whose last samples are of the Unix time ``ends_at``."""
    for metric in (*metrics(), *_OF_PROCESSES):
        yield f"# TYPE {metric.name} {metric.kind}"
        for labels in _series_of(metric):
            for minute in range(MINUTES + 1):
                yield from _samples(metric, labels, minute, ends_at - 60 * (MINUTES - minute))
    yield "# EOF"


def _series_of(metric: Documented) -> Iterator[dict[str, str]]:
    targets = [("box/console", "console")] if metric.is_of_system else [(name, "worker") for name in WORKERS]
    for instance, role in targets:
        for values in product(*(_values(metric, label) for label in metric.labels)):
            target = {"job": "maskwatch", "instance": instance, "role": role}
            yield target | dict(zip(metric.labels, values, strict=True))


def _values(metric: Documented, label: str) -> tuple[str, ...]:
    if metric.name == names.PEOPLE:
        return {"camera": _VALUES["camera"], "outcome": tuple(PersonOutcome)}[label]
    return _VALUES.get(label, ("one", "two"))


def _samples(metric: Documented, labels: dict[str, str], minute: int, at: int) -> Iterator[str]:
    if metric.kind == "histogram":
        for bound, below in (("0.1", minute), ("1.0", 2 * minute), ("+Inf", 3 * minute)):
            yield _line(f"{metric.name}_bucket", {**labels, "le": bound}, below, at)
        yield _line(f"{metric.name}_sum", labels, minute, at)
        yield _line(f"{metric.name}_count", labels, 3 * minute, at)
    elif metric.kind == "counter":
        yield _line(f"{metric.name}_total", labels, minute, at)
    else:
        yield _line(metric.name, labels, _gauge(metric.name, at), at)


def _gauge(name: str, at: int) -> float:
    if "timestamp" in name:
        return at - 5
    return 1 if name.endswith("_info") else 0.9


def _line(name: str, labels: dict[str, str], value: float, at: int) -> str:
    pairs = ",".join(f'{label}="{content}"' for label, content in labels.items())
    return f"{name}{{{pairs}}} {value} {at}"
