"""What was counted, as programs get it: from `maskwatch counts --json` and from the API."""

from collections.abc import Mapping, Sequence

from pydantic import Field

from console.counting.figures import CountFigures
from console.counting.reading import Counted
from console.instants import Instant
from shared.messages import Message


class CountedStretch(Message):
    """The counts of a stretch of time; it begins and ends with a quarter of an hour."""

    since: Instant
    until: Instant = Field(description="The first instant that is no longer part of it.")
    cameras: dict[str, CountFigures]
    total: CountFigures


class CountsAnswer(CountedStretch):
    """The counts of all that was asked for."""

    steps: tuple[CountedStretch, ...] | None = Field(
        default=None, exclude_if=lambda steps: steps is None, description="Its hours or days; only where asked for."
    )
    areas: dict[str, int] = Field(description="Violations of each area, none summed twice; empty for one camera.")


def answer(whole: Counted, steps: Sequence[Counted], areas: Mapping[str, int]) -> CountsAnswer:
    """All of it as one message."""
    told = tuple(_stretch(step) for step in steps)
    return CountsAnswer(**dict(_stretch(whole)), steps=told or None, areas=dict(areas))


def _stretch(counted: Counted) -> CountedStretch:
    return CountedStretch(
        since=counted.stretch.begin,
        until=counted.stretch.end,
        cameras={camera: figures.as_message for camera, figures in counted.cameras.items()},
        total=counted.total.as_message,
    )
