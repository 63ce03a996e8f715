"""For how long a camera's scene was seen, and for how long it was not. No clock and no input or output."""

from dataclasses import dataclass

from shared.messages import BlindReason, DropReason, FrameOutcome, FrameResult

# Of these frames the scene is known although nobody judged them; all others that are not judged hide it.
_KNOWN = frozenset({DropReason.UNCHANGED})
# A camera that gives smeared pictures gives none.
_NO_PICTURE = frozenset({DropReason.CORRUPT})


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """Camera time between two sights of the scene, in whole milliseconds; ``blind`` says why it was not seen."""

    milliseconds: int
    blind: BlindReason | None


@dataclass(kw_only=True, slots=True)
class Watch:
    """When the scene was last seen, in milliseconds by the camera clock, and whether frames were missed since."""

    seen_ms: int | None = None
    has_missed: bool = False
    throttled_s: float = 0.0  # time that passed with frames withheld since the last one that was not

    def take(self, result: FrameResult, now: float, blind_after_s: float) -> Stretch | None:
        """Take in the camera's next frame; the stretch that it ends, if it shows the scene.

        A stretch longer than ``blind_after_s`` was not seen, all of it.
        """
        if not _shows_scene(result):
            self.has_missed |= result.reason not in _NO_PICTURE
            return None
        # Whole instants, so that stretches add up to the time between any two of them.
        seen_ms, before_ms = round(now * 1000), self.seen_ms
        has_missed, self.seen_ms, self.has_missed = self.has_missed, seen_ms, False
        if before_ms is None:
            return None
        passed_ms = seen_ms - before_ms
        if passed_ms <= blind_after_s * 1000:
            return Stretch(milliseconds=passed_ms, blind=None)
        return Stretch(milliseconds=passed_ms, blind=BlindReason.NOT_JUDGED if has_missed else BlindReason.NO_PICTURE)

    def interval_s(self, result: FrameResult, passed_s: float, *, is_blind: bool) -> float:
        """The time of which a frame speaks that came ``passed_s`` after the one before.

        The motion gate compares a frame with the last one that it looked at. Those that were withheld between
        the two are none of its, and what has not moved has not moved meanwhile. Not so where all of that time
        counts as not seen.
        """
        if result.reason is DropReason.THROTTLED:
            self.throttled_s += passed_s
            return passed_s
        throttled_s, self.throttled_s = self.throttled_s, 0.0
        return passed_s if is_blind else passed_s + throttled_s

    def miss(self) -> None:
        """Frames were captured and will not come."""
        self.has_missed = True


def _shows_scene(result: FrameResult) -> bool:
    return result.outcome is FrameOutcome.PROCESSED or result.reason in _KNOWN
