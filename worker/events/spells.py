"""The life of a violation: when a track opens one, what changes it, and when it is over for good."""

from dataclasses import dataclass
from enum import Enum, auto

from shared.messages import Detection, Label, PersonOutcome
from worker.events.rules import Rules
from worker.events.track import Spell, Track

_BETTER_SNAPSHOT = 1.25  # so much better before a snapshot is replaced
_UPDATE_INTERVAL_S = 5.0
_UNSEEN_S = 1.0  # somebody not seen for longer is not known to have kept the mask on


class Change(Enum):
    """What an observation made of a track's violation."""

    OPENED = auto()
    BETTER = auto()  # a better picture
    UPDATED = auto()
    OVER = auto()


@dataclass(frozen=True)
class Sight:
    """One observation; ``quality`` is that of its picture, from 0 up."""

    detection: Detection
    now: float
    quality: float
    zone: str | None
    model_version: int
    detector: str

    @property
    def is_bare(self) -> bool:
        """Whether it shows a face without a proper mask."""
        return self.detection.label is not Label.WITH_MASK


def observe(track: Track, sight: Sight, rules: Rules) -> Change | None:
    """Take an observation, which the track's vote has taken in already, into the track's violation."""
    if sight.is_bare and track.bare_from is None:
        track.bare_from = sight.now
    elif track.vote.state is PersonOutcome.WITH_MASK and not sight.is_bare:
        track.bare_from = None
    if track.spell is None:
        return _open(track, sight) if _is_violation(track, rules) else None
    return _go_on(track, track.spell, sight, rules)


def stay(track: Track, now: float, interval_s: float) -> None:
    """The face is known to be as it was last seen."""
    spell = track.spell
    if spell is not None and spell.masked_to is not None:
        spell.masked_s += interval_s
        spell.masked_to = now


def is_person(track: Track, rules: Rules) -> bool:
    """Whether a track was seen often and long enough to be somebody."""
    # Intervals add up with rounding errors: three frames at 10/s are 0.30000000000000004 s or less.
    is_long_enough = track.vote.seen_s >= rules.min_duration_s - 1e-6
    return track.vote.observations >= rules.min_observations and is_long_enough


def _is_violation(track: Track, rules: Rules) -> bool:
    is_wrong = track.vote.state is PersonOutcome.WITHOUT_MASK or (
        track.vote.state is PersonOutcome.INCORRECT_MASK and rules.incorrect_is_violation
    )
    return is_wrong and is_person(track, rules)


def _label(track: Track) -> Label:
    is_worn = track.vote.state is PersonOutcome.INCORRECT_MASK
    return Label.INCORRECT_MASK if is_worn else Label.WITHOUT_MASK


def _open(track: Track, sight: Sight) -> Change | None:
    if not sight.is_bare:
        return None  # what opens a violation is a bare face, not the end of a stretch without sight
    track.spells += 1
    track.spell = Spell(
        first_bare=sight.now if track.bare_from is None else track.bare_from,
        last_bare=sight.now,
        opened_at=sight.now,
        published_at=sight.now,
        snapshot_quality=sight.quality,
        confidence=track.vote.bare_confidence,
        label=_label(track),
        zone=sight.zone,
        model_version=sight.model_version,
        detector=sight.detector,
    )
    track.worst = Label.WITHOUT_MASK if track.worst is Label.WITHOUT_MASK else _label(track)
    return Change.OPENED


def _go_on(track: Track, spell: Spell, sight: Sight, rules: Rules) -> Change | None:
    if not track.vote.is_without:
        return _with_mask(spell, sight, rules)
    spell.masked_s, spell.masked_to = 0.0, None
    if not sight.is_bare:
        return None  # one wrong label, or the mask going on
    spell.last_bare = sight.now
    spell.confidence = max(spell.confidence, track.vote.bare_confidence)
    if _label(track) is Label.WITHOUT_MASK:
        spell.label = track.worst = Label.WITHOUT_MASK  # the graver of the two stays
    is_better = sight.quality > spell.snapshot_quality * _BETTER_SNAPSHOT
    if is_better:
        spell.snapshot_quality = sight.quality
    elif sight.now - spell.published_at < _UPDATE_INTERVAL_S:
        return None
    spell.published_at = sight.now
    return Change.BETTER if is_better else Change.UPDATED


def _with_mask(spell: Spell, sight: Sight, rules: Rules) -> Change | None:
    if sight.is_bare:
        return None  # one wrong label; time with the mask goes on with the next one
    masked_to, spell.masked_to = spell.masked_to, sight.now
    if masked_to is not None and sight.now - masked_to <= _UNSEEN_S:
        spell.masked_s += sight.now - masked_to
    if spell.masked_s >= rules.rearm_s:
        return Change.OVER
    if masked_to is None:  # it has just been put on
        spell.published_at = sight.now
        return Change.UPDATED
    return None
