"""Reads the counts of quarters of an hour, and puts quarters together to hours and days of people's clocks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from itertools import groupby
from typing import cast

import redis

from console.counting.counts import Counts, parsed
from shared.streams import QUARTER_S, KeySpace, quarter_of

_A_PIPELINE = 4_096  # hashes; a long history must not hold up the server for all others

Place = tuple[str, int]  # camera, quarter


class Step(StrEnum):
    """By what counts are told apart."""

    HOUR = "hour"
    DAY = "day"


@dataclass(frozen=True)
class Stretch:
    """Quarters that follow each other, at least one, in a time zone."""

    quarters: range
    zone: tzinfo | None = None

    @property
    def begin(self) -> datetime:
        """When the first begins."""
        return _begin(self.quarters[0], self.zone)

    @property
    def end(self) -> datetime:
        """When the last is over."""
        return _begin(self.quarters[-1] + 1, self.zone)


def stretch(since: datetime, until: datetime, zone: tzinfo | None = None) -> Stretch:
    """All quarters that hold a moment from ``since`` on and before ``until``; at least that of ``since``.

    ``zone`` is where the people are, ``None`` the machine's own.
    """
    last = quarter_of(until) - (until.timestamp() % QUARTER_S == 0)
    first = quarter_of(since)
    return Stretch(range(first, max(first, last) + 1), zone)


def split(whole: Stretch, step: Step) -> list[Stretch]:
    """Its hours or days by the zone's clock: a day on which clocks are set has 23 or 25 hours."""
    found = []
    for _, quarters in groupby(whole.quarters, lambda quarter: _name(_begin(quarter, whole.zone), step)):
        those = list(quarters)
        found.append(Stretch(range(those[0], those[-1] + 1), whole.zone))
    return found


def read(state: redis.Redis, keys: KeySpace, places: Iterable[Place]) -> dict[Place, Counts]:
    """The counts of each camera's quarters; empty where nothing was counted or it is no longer kept.

    Raises:
        redis.RedisError: the server does not answer.
    """
    found: dict[Place, Counts] = {}
    for some in _batched(list(places)):
        pipeline = state.pipeline(transaction=False)
        for camera, quarter in some:
            pipeline.hgetall(keys.history(camera, quarter))
        answers = pipeline.execute(raise_on_error=False)
        found.update((place, _counts(answer)) for place, answer in zip(some, answers, strict=True))
    return found


def _counts(answer: object) -> Counts:
    """What a key holds; nothing where it is no hash, which nobody of ours writes: other quarters are told all the same.

    Raises:
        redis.ResponseError: the server refused for any other reason.
    """
    if isinstance(answer, Exception):
        if "WRONGTYPE" in str(answer):
            return Counts({})
        raise answer
    return parsed(cast("Mapping[bytes, bytes]", answer))


def _batched(places: Sequence[Place]) -> list[Sequence[Place]]:
    return [places[start : start + _A_PIPELINE] for start in range(0, len(places), _A_PIPELINE)]


def _begin(quarter: int, zone: tzinfo | None) -> datetime:
    return datetime.fromtimestamp(quarter * QUARTER_S, UTC).astimezone(zone)


def _name(begin: datetime, step: Step) -> object:
    # Where clocks go back, an hour comes twice, each time with an offset of its own.
    return begin.date() if step is Step.DAY else (begin.date(), begin.hour, begin.utcoffset())
