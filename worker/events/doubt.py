"""Which faces a person should look at: those of which the model is unsure, few of each camera. No input or output."""

from dataclasses import dataclass

from shared.messages import Detection, FrameResult
from worker.events.track import Track
from worker.events.trust import quality_of
from worker.events.view import View

_MIN_TRUST = 0.2  # of a face that is cut off by the picture's edge, or tiny, nobody can tell


@dataclass(frozen=True)
class DoubtRule:
    """What the operator sets: how unsure is unsure, and how far apart two faces of a camera are at least."""

    max_confidence: float
    interval_s: float


@dataclass(frozen=True)
class Doubt:
    """A face to look at: the ``index``-th detection of a frame's result, and its picture."""

    result: FrameResult
    index: int
    jpeg: bytes


def is_doubtful(rule: DoubtRule, track: Track, detection: Detection, view: View, last_at: float | None) -> bool:
    """Whether to keep this observation: the first unsure one of its track, not too soon after the camera's last."""
    if track.was_doubted or detection.confidence > rule.max_confidence:
        return False
    # A file's next pass may begin at an earlier instant than the last one ended.
    is_too_soon = last_at is not None and abs(view.now - last_at) < rule.interval_s
    return not is_too_soon and quality_of(detection, view).weight >= _MIN_TRUST
