"""Counts people and violations of a camera's results as an events worker with usual settings does."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from shared.messages import FrameOutcome, FrameResult
from shared.settings import EventsSettings
from shared.zones import Zone
from worker.events.judge import Judge
from worker.events.reorder import Arrival
from worker.events.rules import rules_of
from worker.events.verdict import JudgeState, Verdict


@dataclass(frozen=True)
class Counted:
    """What a judge found."""

    violations: int
    people: int


def judged(
    results: Iterable[FrameResult],
    zones: Sequence[Zone] = (),
    watch: Callable[[JudgeState, FrameResult], None] | None = None,
) -> Counted:
    """Count all results to their end; ``watch`` is shown the state after each that was looked at."""
    judge, verdict = Judge("clip", rules_of(EventsSettings())), Verdict()
    judge.zones = zones
    for result in results:
        judge.take(Arrival("1-0", result, {}), verdict)
        if watch and result.outcome is FrameOutcome.PROCESSED:
            watch(judge.state, result)
    judge.finish(verdict)
    people = sum(amount for field, amount in verdict.counts.items() if field.startswith("people:"))
    return Counted(verdict.counts["violations"], people)
