"""How a track decides whether its face is bare: evidence that builds up, fades into doubt and turns.

The score moves up with each bare observation and down with each masked one. It is bounded, so that
somebody who takes the mask off is seen to after a short while, however long it was on.
"""

import math

from pydantic import BaseModel

from shared.messages import Detection, Label

FULL_STEP_S = 0.2  # frames closer in time than this share their evidence: neighbours err together
MAX_SCORE = 5.0  # a second of clear observations
_FADE = 0.25  # of a clear observation is lost with each frame without one


class Vote(BaseModel):
    """The evidence so far: -5 (surely masked) to 5 (surely bare), one point for each clear fifth of a second."""

    score: float = 0.0
    observations: int = 0
    seen_s: float = 0.0

    def add(self, detection: Detection, weight: float, frame_interval_s: float) -> None:
        """Take in one observation.

        ``weight`` is 0..1, how far it can be trusted; ``frame_interval_s`` the time since the
        camera's last frame, whether the face was found there or not: a false face that flickers
        up now and then gains little by it.
        """
        step_s = min(FULL_STEP_S, frame_interval_s)
        certainty = max(0.0, 2 * detection.confidence - 1)
        evidence = weight * certainty * step_s / FULL_STEP_S
        self.observations += 1
        self.seen_s += step_s
        if detection.label == Label.WITH_MASK:
            self.score = max(-MAX_SCORE, self.score - evidence)
        else:
            self.score = min(MAX_SCORE, self.score + evidence)

    def fade(self, frame_interval_s: float) -> None:
        """Take in a frame in which the face was not found: what was known grows older."""
        loss = _FADE * min(FULL_STEP_S, frame_interval_s) / FULL_STEP_S
        self.score = math.copysign(max(0.0, abs(self.score) - loss), self.score)

    @property
    def bare_confidence(self) -> float:
        """How sure it is now that the face is bare, 0..1: even odds at score 0, 0.88 at 2, 0.99 at 5."""
        return 1 / (1 + math.exp(-self.score))
