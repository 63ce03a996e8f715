"""Percentiles of a process's histogram between two looks at its metrics."""

from collections.abc import Mapping

import requests
from prometheus_client.parser import text_string_to_metric_families

from tests.benchmarks.capacity.latencies import Percentiles

Buckets = Mapping[float, float]  # how many observations were at most so many seconds


def buckets(metrics_url: str, name: str) -> Buckets:
    """The buckets of a histogram, now; none where the process does not answer."""
    try:
        text = requests.get(metrics_url, timeout=5).text
    except requests.RequestException:
        return {}
    samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
    return {float(each.labels["le"]): each.value for each in samples if each.name == f"{name}_bucket"}


def percentiles_between(before: Buckets, after: Buckets) -> Percentiles | None:
    """Of what was observed in between, interpolated within buckets; ``None`` of nothing."""
    counts = {bound: count - before.get(bound, 0.0) for bound, count in sorted(after.items())}
    total = int(max(counts.values(), default=0))
    if total <= 0:
        return None
    figures = (round(1000 * _at(counts, share * total), 1) for share in (0.5, 0.95, 0.99, 1.0))
    return Percentiles(total, *figures)


def _at(counts: Buckets, rank: float) -> float:
    """Seconds below which ``rank`` observations lie; those beyond the last bound are taken to be at it."""
    lower, below = 0.0, 0.0
    for bound, count in counts.items():
        if count >= rank:
            is_open = bound == float("inf")
            return lower if is_open else lower + (bound - lower) * (rank - below) / max(count - below, 1e-9)
        lower, below = bound, count
    return lower
