"""One stage beside the bare library call that does its work, measured in turn on the same inputs."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

from worker.benching import clocks
from worker.benching.clocks import Clock

Call = Callable[[int], object]  # takes the call's number, from 0 on

WARM_UP_ROUNDS = 3  # the first calls allocate, and make networks ready
LEAST_SAMPLE_S, MOST_TIMES = 0.003, 300


@dataclass(frozen=True)
class Case:
    """A stage of ours and the library call that does the same work on the same inputs.

    A call does the work of ``items`` of ``item``: a picture, a face, a frame. ``a_frame`` is how many of them
    a frame of the mix takes; 0 stands for what is only there to be compared. ``prepare`` comes before each
    call of either and is not timed. Without ``ours`` the library's call stands alone.
    """

    stage: str
    variant: str
    item: str
    bare_call: str
    bare: Call
    ours: Call | None
    items: int = 1
    a_frame: float = 0.0
    clock: Clock = clocks.own
    prepare: Callable[[], object] | None = None


@dataclass(frozen=True)
class StageTiming:
    """Median milliseconds of processor time an item, and by the wall's clock; ``None`` where nothing of ours is."""

    stage: str
    variant: str
    item: str
    bare_call: str
    a_frame: float
    ours_ms: float | None
    bare_ms: float
    ours_wall_ms: float | None
    bare_wall_ms: float

    @property
    def ratio(self) -> float | None:
        """Ours over the bare call's."""
        return self.ours_ms / self.bare_ms if self.ours_ms is not None and self.bare_ms else None

    @property
    def milliseconds_a_frame(self) -> float:
        """What a frame of the mix spends here."""
        return self.a_frame * (self.ours_ms or 0.0)


@dataclass
class _Samples:
    """Seconds of one call in each round."""

    processor: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)


def measured(case: Case, rounds: int) -> StageTiming:
    """Time a case in ``rounds`` rounds: ours and the bare call in turn, so that a busy machine slows both."""
    ours, bare = _Samples(), _Samples()
    calls = [(case.bare, bare), *([(case.ours, ours)] if case.ours else [])]
    times = _times(case)
    for number in range(rounds):
        for call, samples in calls if number % 2 else reversed(calls):
            if case.prepare is not None:
                case.prepare()
            began, started = time.perf_counter(), case.clock()
            for index in range(number * times, (number + 1) * times):
                call(index)
            samples.processor.append((case.clock() - started) / times)
            samples.wall.append((time.perf_counter() - began) / times)
    return StageTiming(
        stage=case.stage,
        variant=case.variant,
        item=case.item,
        bare_call=case.bare_call,
        a_frame=case.a_frame,
        ours_ms=_ms(ours.processor, case.items) if case.ours else None,
        bare_ms=_ms(bare.processor, case.items),
        ours_wall_ms=_ms(ours.wall, case.items) if case.ours else None,
        bare_wall_ms=_ms(bare.wall, case.items),
    )


def _times(case: Case) -> int:
    """Call both until they are warm; how often a call is made in a round, since a short one alone is a cold one."""
    times = 1
    for _ in range(WARM_UP_ROUNDS):
        for call in (case.bare, case.ours):
            if case.prepare is not None:
                case.prepare()
            started = case.clock()
            if call is not None:
                call(0)
            if call is case.bare and case.prepare is None:
                times = min(max(round(LEAST_SAMPLE_S / max(case.clock() - started, 1e-6)), 1), MOST_TIMES)
    return times


def _ms(seconds: list[float], items: int) -> float:
    return median(seconds) / items * 1000
