"""Counts people and violations of a camera's results as an events worker with usual settings does."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from shared.messages import FrameOutcome, FrameResult
from shared.settings import EventsSettings
from shared.zones import Zone
from worker.events.judge import Judge
from worker.events.reorder import Arrival
from worker.events.rules import Rules
from worker.events.tracker import Limits
from worker.events.verdict import JudgeState, Verdict


@dataclass(frozen=True)
class Counted:
    """What a judge found."""

    violations: int
    people: int


def usual_rules() -> Rules:
    """What an operator has who sets nothing."""
    settings = EventsSettings()
    return Rules(
        limits=Limits(lost_s=settings.track_lost_s),
        min_observations=settings.vote_min_observations,
        min_duration_s=settings.vote_min_duration_s,
        rearm_s=settings.violation_rearm_s,
        incorrect_is_violation=settings.incorrect_mask_is_violation,
        blind_after_s=settings.blind_after_s,
    )


def judged(
    results: Iterable[FrameResult],
    zones: Sequence[Zone] = (),
    watch: Callable[[JudgeState, FrameResult], None] | None = None,
) -> Counted:
    """Count all results to their end; ``watch`` is shown the state after each that was looked at."""
    judge, verdict = Judge("clip", usual_rules()), Verdict()
    judge.zones = zones
    for result in results:
        judge.take(Arrival("1-0", result, {}), verdict)
        if watch and result.outcome is FrameOutcome.PROCESSED:
            watch(judge.state, result)
    judge.finish(verdict)
    people = sum(amount for field, amount in verdict.counts.items() if field.startswith("people:"))
    return Counted(verdict.counts["violations"], people)
