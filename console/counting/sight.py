"""For how long a camera's scene was seen, which tells "no violations" from "could not see"."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from console.counting.counts import Counts
from shared.messages import BlindReason, Message
from shared.streams import CountField

Coverage = Annotated[
    float | None,
    Field(description="Watched time among watched and blind time, 0 to 1; null where nothing is known of either."),
]
WatchedSeconds = Annotated[float, Field(description="Seconds of camera time in which the scene was seen.")]
BlindSeconds = Annotated[
    dict[BlindReason, float], Field(description="Seconds of camera time in which the scene was not seen, by reason.")
]
BlindNow = Annotated[
    BlindReason | None, Field(description="Why the scene is not seen right now; null while it is, or nobody knows.")
]


class SightFigures(Message):
    """For how long a scene was seen."""

    coverage: Coverage
    watched_seconds: WatchedSeconds
    blind_seconds: BlindSeconds
    blind_now: BlindNow


@dataclass(frozen=True)
class Blindness:
    """That a scene is not seen right now, and for how many seconds at least.

    Of a stretch that is over it is no longer ``is_now``: the seconds are those that fell into it.
    """

    reason: BlindReason
    seconds: float
    is_now: bool = True


@dataclass(frozen=True)
class Sight:
    """Seconds of camera time; ``blind_s`` has every reason, and includes what goes on right now."""

    watched_s: float
    blind_s: Mapping[BlindReason, float]
    now: Blindness | None = None
    span_s: float | None = None  # of the stretch that was asked for

    @property
    def coverage(self) -> float | None:
        """Watched time among watched and blind time, 0 to 1; ``None`` where nothing is known of either.

        Blind time is counted where it ended, so of it no more counts than the stretch can hold.
        """
        blind_s = sum(self.blind_s.values())
        if self.span_s is not None:
            blind_s = min(blind_s, max(self.span_s - self.watched_s, 0.0))
        known_s = self.watched_s + blind_s
        return self.watched_s / known_s if known_s > 0 else None

    @property
    def as_message(self) -> SightFigures:
        """For programs, rounded."""
        coverage = self.coverage
        return SightFigures(
            coverage=None if coverage is None else round(coverage, 4),
            watched_seconds=round(self.watched_s, 3),
            blind_seconds={reason: round(seconds, 3) for reason, seconds in self.blind_s.items()},
            blind_now=None if self.now is None else self.now.reason,
        )


def sight(counts: Counts, now: Blindness | None = None, span_s: float | None = None) -> Sight:
    """What some counts say, with the blindness that they cannot know of yet since it still goes on."""
    blind_s = {reason: max(counts.of(CountField.BLIND_MS, reason), 0) / 1000 for reason in BlindReason}
    if now is not None:
        blind_s[now.reason] += now.seconds
    goes_on = now if now is not None and now.is_now else None
    return Sight(max(counts.of(CountField.WATCHED_MS), 0) / 1000, blind_s, goes_on, span_s)


def all_together(several: list[Sight]) -> Sight:
    """The camera time of several cameras."""
    blind_s = {reason: sum(each.blind_s[reason] for each in several) for reason in BlindReason}
    spans = [each.span_s for each in several if each.span_s is not None]
    return Sight(sum(each.watched_s for each in several), blind_s, span_s=sum(spans) if spans else None)
