"""One face over the frames of one camera: where it was, how it moves, what it looks like, how it votes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.messages import Box, Detection, Label
from worker.events.look import Look
from worker.events.vote import Vote

_VELOCITY_MEMORY_S = 0.4  # shorter follows a turn sooner, longer smooths a detector's jitter
_COAST_S = 2.0  # an unseen face is taken to go on for this long, then to stand
_SIZE_MEMORY = 0.3  # share of a new box in the smoothed size
_APPEARANCE_MEMORY_S = 1.0


@dataclass(kw_only=True, slots=True)
class Spell:
    """What a track keeps of a violation that is not over: a spell without a mask."""

    first_bare: float
    last_bare: float
    opened_at: float
    published_at: float
    snapshot_quality: float
    confidence: float  # the highest so far: a mask that is put on later does not make it less sure
    label: Label
    zone: str | None
    model_version: int
    detector: str
    masked_s: float = 0.0  # for how long it was firmly seen with the mask since
    masked_to: float | None = None  # up to when


@dataclass(kw_only=True, slots=True)
class Track:
    """What is known of one face. Positions and sizes in pixels, instants in seconds by the camera clock.

    ``id`` is the id of its first frame and its place among the tracks that began there.

    Where only some of the picture is scanned, time is of three kinds. As long as nothing moved where a face
    was last seen, it is still there: ``still_s``. Once it was looked for in vain, time in which it was not
    looked for tells nothing: ``unsought_s``. Only the rest, in which it was looked for, tells that it is gone.
    All three begin anew when the face is seen.
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
    still_s: float = 0.0
    unsought_s: float = 0.0
    misses: int = 0  # how often it was looked for in vain
    voted_at: float | None = None  # up to when its vote knows of it
    counted_from: float | None = None  # when it was first seen where faces count
    counted_to: float | None = None
    counted_box: Box | None = None
    observations: int = 1
    face_confidence: float
    appearance: list[float] = field(default_factory=list)
    vote: Vote = field(default_factory=Vote)
    bare_from: float | None = None  # the first bare sight since the mask was last firmly on
    spells: int = 0  # violations so far
    spell: Spell | None = None  # the one that is not over
    worst: Label | None = None  # the gravest violation so far
    look: Look = field(default_factory=Look)
    was_doubted: bool = False  # a picture of it was kept for review

    @property
    def size(self) -> float:
        """The face's side, in pixels: the geometric mean of width and height."""
        return math.sqrt(self.width * self.height)

    @property
    def box(self) -> Box:
        """Where the face was last seen."""
        return self._box_around(self.x, self.y)

    def missing_s(self, now: float) -> float:
        """How long it is not known to be there."""
        return now - self.last_seen - self.still_s

    def sought_s(self, now: float) -> float:
        """How long it was looked for in vain."""
        return self.missing_s(now) - self.unsought_s

    def position_at(self, now: float) -> tuple[float, float]:
        """Where the face should be at an instant, if it goes on as it went, for a while."""
        ahead = min(self.missing_s(now), _COAST_S)
        return self.x + self.vx * ahead, self.y + self.vy * ahead

    def box_at(self, now: float) -> Box:
        """The face's box at the place where it should be at an instant."""
        return self._box_around(*self.position_at(now))

    def _box_around(self, x: float, y: float) -> Box:
        half_width, half_height = self.width / 2, self.height / 2
        return Box(x - half_width, y - half_height, x + half_width, y + half_height)

    @property
    def is_still(self) -> bool:
        """Whether it is where it was last seen as long as nothing moves there.

        That is not known of who was looked for in vain, nor of who is where faces do not count: motion there
        is none of the producer's business.
        """
        return self.misses == 0 and self.counted_to == self.last_seen

    def pass_over(self, interval_s: float) -> None:
        """Nothing moved at its place for a while, in seconds, as far as anybody looked."""
        if self.is_still:
            self.still_s += interval_s
        else:
            self.unsought_s += interval_s

    def count(self, now: float) -> None:
        """It was seen where faces count."""
        self.counted_from = now if self.counted_from is None else self.counted_from
        self.counted_to, self.counted_box = now, self.box

    def rescale(self, x_ratio: float, y_ratio: float) -> None:
        """The picture's size was changed: go over to pixels of the new one."""
        self.x, self.width, self.vx = self.x * x_ratio, self.width * x_ratio, self.vx * x_ratio
        self.y, self.height, self.vy = self.y * y_ratio, self.height * y_ratio, self.vy * y_ratio
        if self.counted_box is not None:
            x0, y0, x1, y1 = self.counted_box
            self.counted_box = Box(x0 * x_ratio, y0 * y_ratio, x1 * x_ratio, y1 * y_ratio)

    def observe(self, detection: Detection, clothing: Sequence[int], now: float) -> None:
        """Take in a detection that was found to be this face; no clothing is none that is surely its own."""
        elapsed = self.missing_s(now)
        x, y = detection.box.centre
        if elapsed > 0:
            share = 1 - math.exp(-elapsed / _VELOCITY_MEMORY_S)
            self.vx = round(self.vx + share * ((x - self.x) / elapsed - self.vx), 2)
            self.vy = round(self.vy + share * ((y - self.y) / elapsed - self.vy), 2)
        self.x, self.y = round(x, 2), round(y, 2)
        self.width = round(self.width + _SIZE_MEMORY * (detection.box.width - self.width), 2)
        self.height = round(self.height + _SIZE_MEMORY * (detection.box.height - self.height), 2)
        passed_s = now - self.last_seen
        self.last_seen, self.still_s, self.unsought_s, self.misses = now, 0.0, 0.0, 0
        self.observations += 1
        self.face_confidence = max(self.face_confidence, detection.face_confidence)
        self._remember_appearance(clothing, passed_s)

    def _remember_appearance(self, seen: Sequence[int], passed_s: float) -> None:
        if not seen:
            return
        if len(self.appearance) != len(seen):
            self.appearance = [float(value) for value in seen]
            return
        share = 1 - math.exp(-passed_s / _APPEARANCE_MEMORY_S)
        self.appearance = [round(old + share * (new - old), 1) for old, new in zip(self.appearance, seen, strict=True)]
