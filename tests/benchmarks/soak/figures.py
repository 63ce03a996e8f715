"""What a soak looks at, and whether each figure grows."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tests.benchmarks.trends import WARM_UP, Slope, behind_warm_up, rise_of, slope_of

Verdict = Literal["flat", "grows", "kept", "shared", "too short"]
Figures = Mapping[str, Mapping[str, float]]  # kind -> of what -> figure

FEWEST = 12  # samples that a verdict needs: as many as leave four of the last half behind its own warm-up
_S_PER_HOUR = 3600


@dataclass(frozen=True)
class Kind:
    """A kind of figure: a rise over the run by no more than ``trifle``, or this ``share`` of its mean, is none."""

    unit: str
    trifle: float
    share: float = 0.0
    unjudged: Verdict | None = None  # what is only told, since it may well grow


KINDS: Mapping[str, Kind] = {
    "RSS": Kind("MiB", 6),
    "PSS": Kind("MiB", 0, unjudged="shared"),  # also rises where programs end with which libraries were shared
    "open files": Kind("", 1),
    "threads": Kind("", 1),
    "processor time": Kind("ms a picture", 1, share=0.3),
    "latency": Kind("ms", 100, share=0.3),
    "entries": Kind("", 64, share=0.1),
    "in flight": Kind("pictures", 100),
    "server memory": Kind("MiB", 4),
    "keys": Kind("KiB", 64),
    # What is meant to be kept for days grows with what is seen.
    "kept keys": Kind("KiB", 0, unjudged="kept"),
    "kept files": Kind("MiB", 0, unjudged="kept"),
    "log": Kind("KiB", 32),
    "inexact cameras": Kind("", 0),
}


@dataclass(frozen=True)
class Sample:
    """All figures at an instant, in seconds since the first."""

    at_s: float
    figures: Figures


@dataclass(frozen=True)
class Trend:
    """How one figure went: its medians behind the warm-up and at the end, the most, the slope an hour."""

    kind: str
    subject: str
    first: float
    last: float
    most: float
    slope: Slope | None  # None of too few samples
    verdict: Verdict


def trends(samples: Sequence[Sample]) -> list[Trend]:
    """Of each figure, in the order of ``KINDS``."""
    series: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for sample in samples:
        for kind, figures in sample.figures.items():
            for subject, figure in figures.items():
                series[kind, subject].append((sample.at_s / _S_PER_HOUR, figure))
    order = list(KINDS)
    return [_trend(*name, series[name]) for name in sorted(series, key=lambda each: (order.index(each[0]), each[1]))]


def _trend(kind: str, subject: str, points: Sequence[tuple[float, float]]) -> Trend:
    hours, values = ([each[at] for each in points] for at in (0, 1))
    kept = behind_warm_up(values)
    rise, first = (rise_of(values), kept[0]) if len(kept) > 1 else (0.0, kept[0])
    slope = slope_of(hours, values) if len(points) >= FEWEST else None
    return Trend(kind, subject, first, first + rise, max(values), slope, _verdict(KINDS[kind], hours, values))


def _verdict(kind: Kind, hours: Sequence[float], values: Sequence[float]) -> Verdict:
    """A figure grows where it rises over all of the run and over the last half too: a step once is no growth."""
    if kind.unjudged:
        return kind.unjudged
    if len(values) < FEWEST:
        return "too short"
    half = len(values) // 2
    return "grows" if _rises(kind, hours, values) and _rises(kind, hours[half:], values[half:], 0.5) else "flat"


def _rises(kind: Kind, hours: Sequence[float], values: Sequence[float], part: float = 1.0) -> bool:
    """Whether the rise is more than chance would make it, and no trifle."""
    slope = slope_of(hours, values)
    trifle = max(kind.trifle, kind.share * sum(values) / len(values)) * part
    return slope.at_least > 0 and slope.value * (1 - WARM_UP) * (hours[-1] - hours[0]) > trifle
