"""How well a person was seen, over the whole track: in which size the face was judged, and what was in the way."""

from dataclasses import dataclass, field

from shared.face_sizes import FaceSize, size_of
from shared.messages import Unjudged


@dataclass(kw_only=True, slots=True)
class Look:
    """Seconds of good sight by size, and seconds lost by cause."""

    good_s: dict[FaceSize, float] = field(default_factory=dict)
    lost_s: dict[Unjudged, float] = field(default_factory=dict)
    width: float = 0.0  # of the largest face seen, in pixels

    def add(self, width_px: float, weight: float, worst: Unjudged, step_s: float) -> None:
        """Take in one observation of ``step_s`` seconds; ``weight`` is how far it can be trusted, 0..1."""
        self.width = max(self.width, width_px)
        size = size_of(width_px) or FaceSize.SMALL
        self.good_s[size] = round(self.good_s.get(size, 0.0) + weight * step_s, 4)
        if weight < 1:
            self.lost_s[worst] = round(self.lost_s.get(worst, 0.0) + (1 - weight) * step_s, 4)

    @property
    def size(self) -> FaceSize:
        """The size in which the face was judged for longest, the larger one of two alike."""
        if not any(self.good_s.values()):
            return size_of(self.width) or FaceSize.SMALL
        return max(reversed(FaceSize), key=lambda size: self.good_s.get(size, 0.0))

    @property
    def why_unjudged(self) -> Unjudged:
        """What took most of the sight away; where less than half of it went, the labels did not decide."""
        if sum(self.lost_s.values()) <= sum(self.good_s.values()):
            return Unjudged.UNDECIDED
        return max(sorted(self.lost_s), key=lambda cause: self.lost_s[cause])
