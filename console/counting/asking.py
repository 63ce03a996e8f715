"""Which counts are asked for, and what they are: behind `maskwatch counts` and the API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import redis

from console.areas.reading import counted_in
from console.counting import reading
from console.counting.answering import CountsAnswer, answer
from console.counting.quarters import Step, stretch
from console.counting.reading import Asked, Counted
from console.errors import BadInput, NotFound
from console.finding import RunningSystem
from console.overview import Overview
from console.violation_log import parse_since

_KEPT_DAYS = 400  # no setting keeps counts by the quarter of an hour for longer


@dataclass(frozen=True)
class Question:
    """What somebody asks, as it was written; ``prefix`` is what stands before the names of options."""

    camera: str | None = None
    since: str = "24h"
    until: str | None = None
    by: str | None = None
    prefix: str = "--"


@dataclass(frozen=True)
class Told:
    """The whole stretch, its hours or days, and the violations of areas by name."""

    whole: Counted
    steps: Sequence[Counted]
    areas: Mapping[str, int]

    @property
    def as_message(self) -> CountsAnswer:
        """For programs."""
        return answer(self.whole, self.steps, self.areas)


def told(system: RunningSystem, now: Overview, question: Question) -> Told:
    """What was counted; areas only where no camera is named.

    Raises:
        BadInput: a time is none, or nothing lies between the two.
        NotFound: there is no such camera and never was.
        redis.RedisError: the server does not answer.
    """
    asked = _asked(system, now, question)
    whole, steps = reading.read(system.servers.state, system.keys, now, asked)
    areas = {} if question.camera else counted_in(system.servers.state, asked.stretch.quarters)
    return Told(whole, steps, areas)


def _asked(system: RunningSystem, now: Overview, question: Question) -> Asked:
    attached = [each.camera.id for each in now.cameras]
    begin, end = _times(now.read_at, question)
    if question.camera is not None and not _is_known(system, question.camera, attached):
        raise NotFound(f"there is no camera {question.camera!r}; there are {', '.join(attached) or 'none'}")
    cameras = [question.camera] if question.camera else attached
    return Asked(cameras, stretch(begin, end), Step(question.by) if question.by else None)


def _times(now: datetime, question: Question) -> tuple[datetime, datetime]:
    since, until = (f"{question.prefix}{name}" for name in ("since", "until"))
    begin = parse_since(question.since, now, since)
    latest = datetime.now(UTC)  # nothing is counted later
    end = min(parse_since(question.until, now, until), latest) if question.until else latest
    if begin >= end:
        raise BadInput(f"{since} is not before {until}: nothing lies between them")
    if now - begin > timedelta(days=_KEPT_DAYS):
        raise BadInput(f"{since} is more than {_KEPT_DAYS} days ago: no counts are kept for so long")
    return begin, end


def _is_known(system: RunningSystem, camera: str, attached: Sequence[str]) -> bool:
    state: redis.Redis = system.servers.state
    return camera in attached or bool(state.exists(system.keys.counts(camera)))
