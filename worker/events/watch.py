"""For how long a camera's scene was seen, and for how long it was not. No clock and no input or output."""

from pydantic import BaseModel

from shared.messages import BlindReason, DropReason, FrameOutcome, FrameResult

# Of these frames the scene is known although nobody judged them; all others that are not judged hide it.
_KNOWN = frozenset({DropReason.UNCHANGED})
# A camera that gives smeared pictures gives none.
_NO_PICTURE = frozenset({DropReason.CORRUPT})


class Stretch(BaseModel):
    """Camera time between two sights of the scene, in whole milliseconds; ``blind`` says why it was not seen."""

    milliseconds: int
    blind: BlindReason | None


class Watch(BaseModel):
    """When the scene was last seen, in milliseconds by the camera clock, and whether frames were missed since."""

    seen_ms: int | None = None
    has_missed: bool = False

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

    def miss(self) -> None:
        """Frames were captured and will not come."""
        self.has_missed = True


def _shows_scene(result: FrameResult) -> bool:
    return result.outcome is FrameOutcome.PROCESSED or result.reason in _KNOWN
