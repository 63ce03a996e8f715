"""How a track decides how its face is worn: evidence that builds up, fades into doubt and turns.

The score moves up with each observation without a proper mask and down with each masked one. It is bounded, so
that somebody who takes the mask off is seen to after a short while, however long it was on. What it says holds
until it firmly says something else: one wrong label moves it by one point at most, which neither makes nor
changes a state.
"""

import math
from dataclasses import dataclass

from shared.messages import Detection, Label, PersonOutcome

FULL_STEP_S = 0.2  # frames closer in time than this share their evidence: neighbours err together
MAX_SCORE = 5.0  # a second of clear observations
MOST_STILL_S = 0.2  # for so long a face that keeps still speaks on as it was last seen
BARE_SCORE = 2.0  # from here on without a proper mask: two clear fifths of a second more for it than against
MASKED_SCORE = -1.2  # and from here on with one; more than a single observation either way
_ROUNDING = 1e-4  # instants are whole microseconds: what adds up to a threshold must reach it whenever it comes
_MAX_CERTAINTY = 0.98  # of one observation, however sure the model is
_FADE = 0.25  # of a clear observation is lost with each frame without one


@dataclass(kw_only=True, slots=True)
class Vote:
    """The evidence so far: -5 (surely masked) to 5 (surely bare), one point for each clear fifth of a second.

    ``incorrectly`` weighs, in the same points, a mask that is worn wrongly (above 0) against none at all.
    """

    score: float = 0.0
    incorrectly: float = 0.0
    state: PersonOutcome = PersonOutcome.CANNOT_TELL
    observations: int = 0
    seen_s: float = 0.0
    last_label: Label = Label.WITH_MASK
    last_evidence: float = 0.0  # of the last observation: for bare, or below 0 against, -1 to 1
    still_s: float = 0.0  # since the last observation, as far as it counts

    def add(self, detection: Detection, weight: float, frame_interval_s: float) -> None:
        """Take in one observation.

        ``weight`` is 0..1, how far it can be trusted; ``frame_interval_s`` the time since the
        camera's last frame, whether the face was found there or not: a false face that flickers
        up now and then gains little by it.
        """
        self.last_evidence = weight * certainty(detection) * (-1 if detection.label == Label.WITH_MASK else 1)
        self.last_label = detection.label
        self.observations += 1
        self.still_s = 0.0
        self._move(min(FULL_STEP_S, frame_interval_s))

    def stay(self, frame_interval_s: float) -> bool:
        """Take in a frame in which nothing moved where the face was last seen; whether that still counted.

        It would have looked as in its last observation. But that may have been a wrong one, and was only one.
        """
        step_s = min(FULL_STEP_S, frame_interval_s, MOST_STILL_S - self.still_s)
        if step_s <= 0:
            return False
        self.observations += self.still_s == 0
        self.still_s += step_s
        self._move(step_s)
        return True

    def fade(self, frame_interval_s: float) -> None:
        """Take in a frame in which the face was not found: what was known grows older."""
        loss = _FADE * min(FULL_STEP_S, frame_interval_s) / FULL_STEP_S
        self.score = math.copysign(max(0.0, abs(self.score) - loss), self.score)

    def _move(self, step_s: float) -> None:
        self.seen_s += step_s
        points = self.last_evidence * step_s / FULL_STEP_S
        self.score = _bounded(self.score + points)
        if points > 0:
            towards = 1 if self.last_label is Label.INCORRECT_MASK else -1
            self.incorrectly = _bounded(self.incorrectly + towards * points)
        self._decide()

    def _decide(self) -> None:
        """What was known holds in between: a state does not flicker at its threshold."""
        if self.score >= BARE_SCORE - _ROUNDING:
            is_worn = self.incorrectly > 0
            self.state = PersonOutcome.INCORRECT_MASK if is_worn else PersonOutcome.WITHOUT_MASK
        elif self.score <= MASKED_SCORE + _ROUNDING:
            self.state = PersonOutcome.WITH_MASK

    @property
    def is_without(self) -> bool:
        """Whether the face has no mask, or one that is worn wrongly."""
        return self.state in (PersonOutcome.WITHOUT_MASK, PersonOutcome.INCORRECT_MASK)

    @property
    def bare_confidence(self) -> float:
        """How sure it is now that there is no proper mask, 0..1: even odds at score 0, 0.88 at 2, 0.99 at 5."""
        return 1 / (1 + math.exp(-self.score))


def certainty(detection: Detection) -> float:
    """How much an observation's label says, 0 (as good as a coin) to 0.98: no single look is beyond doubt."""
    return min(_MAX_CERTAINTY, max(0.0, 2 * detection.confidence - 1))


def _bounded(score: float) -> float:
    return min(MAX_SCORE, max(-MAX_SCORE, score))
