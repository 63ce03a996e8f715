"""One face over the frames of one camera: where it was, how it moves, what it looks like, how it votes."""

import math

from pydantic import BaseModel, Field

from shared.messages import Box, Detection
from worker.events.vote import Vote

_VELOCITY_MEMORY_S = 0.4  # shorter follows a turn sooner, longer smooths a detector's jitter
_COAST_S = 1.0  # an unseen face is taken to go on for this long, then to stand
_SIZE_MEMORY = 0.3  # share of a new box in the smoothed size
_APPEARANCE_MEMORY = 0.2


class OpenViolation(BaseModel):
    """What a track keeps of the violation that it became."""

    opened_at: float
    published_at: float
    snapshot_quality: float
    confidence: float  # the highest so far: a mask that is put on later does not make it less sure


class Track(BaseModel):
    """What is known of one face. Positions and sizes in pixels, instants in seconds since the epoch.

    ``id`` is the id of its first frame and its place among the tracks that began there.
    """

    id: str
    x: float
    y: float
    width: float
    height: float
    vx: float = 0.0
    vy: float = 0.0
    first_seen: float
    last_seen: float
    observations: int = 1
    face_confidence: float
    appearance: list[float] = []
    vote: Vote = Field(default_factory=Vote)
    violation: OpenViolation | None = None
    was_doubted: bool = False  # a picture of it was kept for review

    @property
    def size(self) -> float:
        """The face's side, in pixels: the geometric mean of width and height."""
        return math.sqrt(self.width * self.height)

    @property
    def box(self) -> Box:
        """Where the face was last seen."""
        half_width, half_height = self.width / 2, self.height / 2
        return Box(self.x - half_width, self.y - half_height, self.x + half_width, self.y + half_height)

    def position_at(self, now: float) -> tuple[float, float]:
        """Where the face should be at an instant, if it goes on as it went, for a while."""
        ahead = min(now - self.last_seen, _COAST_S)
        return self.x + self.vx * ahead, self.y + self.vy * ahead

    def observe(self, detection: Detection, now: float) -> None:
        """Take in a detection that was found to be this face."""
        elapsed = now - self.last_seen
        x, y = detection.box.centre
        if elapsed > 0:
            share = 1 - math.exp(-elapsed / _VELOCITY_MEMORY_S)
            self.vx += share * ((x - self.x) / elapsed - self.vx)
            self.vy += share * ((y - self.y) / elapsed - self.vy)
        self.x, self.y = x, y
        self.width += _SIZE_MEMORY * (detection.box.width - self.width)
        self.height += _SIZE_MEMORY * (detection.box.height - self.height)
        self.last_seen = now
        self.observations += 1
        self.face_confidence = max(self.face_confidence, detection.face_confidence)
        self._remember_appearance(detection.appearance)

    def _remember_appearance(self, seen: tuple[int, ...]) -> None:
        if not seen:
            return
        if len(self.appearance) != len(seen):
            self.appearance = [float(value) for value in seen]
            return
        self.appearance = [
            old + _APPEARANCE_MEMORY * (new - old) for old, new in zip(self.appearance, seen, strict=True)
        ]
