"""What areas counted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

import redis
from pydantic import Field, ValidationError

from console.errors import NotFound
from shared.areas import Area, AreaCountField
from shared.messages import Message
from shared.streams import AREAS, AreaKeys, CountField


class AreaFigures(Message):
    """An area and what it counted since it was first declared."""

    name: str
    violations: int = Field(description="Violations, none summed twice.")
    cameras: dict[str, int] = Field(description="How many violations of each camera were taken in.")
    window_s: float = Field(description="By how many seconds two views of one person may miss each other.")
    gaps: int = Field(description="Times that a camera's log was cut off before the area had read it.")
    forgotten: int = Field(description="Violations that were let go early, since there were too many.")
    unreadable: int = Field(description="Entries that this release does not understand.")


@dataclass(frozen=True)
class AreaReading:
    """An area and its counts since it was first declared (see ``AreaCountField``)."""

    area: Area
    counts: Mapping[str, int]

    @property
    def violations(self) -> int:
        """Violations, none summed twice."""
        return self.counts.get(CountField.VIOLATIONS, 0)

    @property
    def by_camera(self) -> dict[str, int]:
        """How many of its cameras' violations were taken in."""
        return {each: self.counts.get(f"{AreaCountField.SPELLS}:{each}", 0) for each in sorted(self.area.cameras)}

    @property
    def as_message(self) -> AreaFigures:
        """For programs."""
        return AreaFigures(
            name=self.area.name,
            violations=self.violations,
            cameras=self.by_camera,
            window_s=self.area.window_s,
            gaps=self.counts.get(AreaCountField.GAPS, 0),
            forgotten=self.counts.get(AreaCountField.FORGOTTEN, 0),
            unreadable=self.counts.get(AreaCountField.UNREADABLE, 0),
        )


def read_all(state: redis.Redis) -> list[AreaReading]:
    """All areas that can be understood, by name.

    Raises:
        redis.RedisError: the server does not answer.
    """
    areas = sorted(_declared(cast("dict[bytes, bytes]", state.hgetall(AREAS)).values()), key=lambda each: each.name)
    pipeline = state.pipeline(transaction=False)
    for area in areas:
        pipeline.hgetall(AreaKeys(area.name).counts)
    answers = pipeline.execute(raise_on_error=False)
    return [AreaReading(area, _numbers(answer)) for area, answer in zip(areas, answers, strict=True)]


def read_one(state: redis.Redis, name: str) -> AreaReading:
    """One area.

    Raises:
        NotFound: there is none of that name that can be understood.
        redis.RedisError: the server does not answer.
    """
    for each in read_all(state):
        if each.area.name == name:
            return each
    raise NotFound(f"there is no area {name!r}; see `maskwatch area list`")


def counted_in(state: redis.Redis, quarters: Iterable[int]) -> dict[str, int]:
    """The violations of each area in quarters of an hour, by name.

    Raises:
        redis.RedisError: the server does not answer.
    """
    found, those = {}, list(quarters)
    for each in read_all(state):
        pipeline = state.pipeline(transaction=False)
        for quarter in those:
            pipeline.hget(AreaKeys(each.area.name).history(quarter), CountField.VIOLATIONS)
        answers = pipeline.execute(raise_on_error=False)
        found[each.area.name] = sum(int(answer) for answer in answers if isinstance(answer, bytes) and answer.isdigit())
    return found


def _declared(values: Iterable[bytes]) -> Iterable[Area]:
    for value in values:
        try:
            yield Area.model_validate_json(value)
        except ValidationError:
            continue  # the events worker says so


def _numbers(answer: object) -> dict[str, int]:
    if not isinstance(answer, dict):
        return {}
    return {field.decode(): int(value) for field, value in answer.items() if value.isdigit()}
