"""What the operator sets of tracking, voting and counting."""

from dataclasses import dataclass

from shared.settings import EventsSettings
from worker.events.doubt import DoubtRule
from worker.events.tracker import Limits


@dataclass(frozen=True)
class Rules:
    """Durations are in seconds of camera time."""

    limits: Limits
    min_observations: int = 3  # fewer are no person
    min_duration_s: float = 0.3  # seen for less time is no person
    rearm_s: float = 30.0  # with the mask firmly on for so long, a spell is over
    incorrect_is_violation: bool = True
    blind_after_s: float = 2.0  # between two sights of the scene; beyond it was not seen
    doubt: DoubtRule | None = None  # none keeps no face for review


def rules_of(settings: EventsSettings) -> Rules:
    """What an operator's settings say."""
    return Rules(
        limits=Limits(lost_s=settings.track_lost_s),
        min_observations=settings.vote_min_observations,
        min_duration_s=settings.vote_min_duration_s,
        rearm_s=settings.violation_rearm_s,
        incorrect_is_violation=settings.incorrect_mask_is_violation,
        blind_after_s=settings.blind_after_s,
        doubt=DoubtRule(settings.review_max_confidence, settings.review_interval_s) if settings.review else None,
    )
