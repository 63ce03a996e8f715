"""What of the cameras' load is left out at the moment, the same for all live cameras of a producer."""

from dataclasses import dataclass
from enum import IntEnum

_LEAST_SIDE_PX = 360  # in a smaller picture faces are too small to be found


class LoadLevel(IntEnum):
    """The last of what gives way, in this order."""

    NORMAL = 0
    KEYFRAMES = 1  # whole pictures of scenes in which nothing moved come less often
    RATES = 2  # all cameras' frame rates are lower, by the same factor
    RESOLUTION = 3  # pictures are looked at in half or a quarter of their size


@dataclass(frozen=True)
class Relief:
    """How much gives way.

    ``keyframes`` is by how much of the way to the freshness promise keyframes are put off, 0 to 1; ``rate`` the
    share of the frames due at cameras' own rates that is sent, above 0 to 1; ``halvings`` how often the sides
    of pictures are halved.
    """

    keyframes: float = 0.0
    rate: float = 1.0
    halvings: int = 0

    @property
    def level(self) -> LoadLevel:
        """How far it has come."""
        if self.halvings:
            return LoadLevel.RESOLUTION
        if self.rate < 1:
            return LoadLevel.RATES
        return LoadLevel.KEYFRAMES if self.keyframes > 0 else LoadLevel.NORMAL

    def keyframe_interval_s(self, usual_s: float, fresh_within_s: float) -> float:
        """How often a scene without motion is sent whole, in seconds, ``usual_s`` while nothing gives way."""
        return usual_s + self.keyframes * max(0.0, fresh_within_s - usual_s)

    def halvings_of(self, width: int, height: int) -> int:
        """How often a picture of that many pixels is halved: no farther than faces can still be found in it."""
        side = min(width, height)
        return sum(side >> n >= _LEAST_SIDE_PX for n in range(1, self.halvings + 1))
