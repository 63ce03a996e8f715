"""How well an observation shows its face: small, blurred, dark, turned and hidden ones are often labelled wrongly."""

from dataclasses import dataclass

from shared.messages import Detection, Unjudged
from worker.events.tracker import overlap_of_smaller
from worker.events.view import View

_CLEAR_WIDTH_PX = 32.0  # from this width on, size takes nothing away
_TINY_WIDTH_PX = 12.0  # at this width and below, nothing is left
_CUT_OFF = 0.1
_COVERED = 0.25
_COVERING_OVERLAP = 0.15  # of the smaller box


@dataclass(frozen=True)
class Quality:
    """The weight of an observation in its track's vote, 0..1, and what takes most of it away."""

    weight: float
    worst: Unjudged


def quality_of(detection: Detection, view: View) -> Quality:
    """How well a detection of a frame can be judged."""
    factors = {
        Unjudged.TOO_SMALL: _ramp(detection.box.width, _TINY_WIDTH_PX, _CLEAR_WIDTH_PX),
        Unjudged.COVERED: _unhidden(detection, view),
    }
    weight = 1.0
    for factor in factors.values():
        weight *= factor
    return Quality(weight, min(factors, key=lambda cause: factors[cause]))


def _ramp(value: float, nothing: float, full: float) -> float:
    return min(1.0, max(0.0, (value - nothing) / (full - nothing)))


def _unhidden(detection: Detection, view: View) -> float:
    return (_CUT_OFF if _is_cut_off(detection, view) else 1.0) * (_COVERED if _is_covered(detection, view) else 1.0)


def _is_cut_off(detection: Detection, view: View) -> bool:
    box, margin = detection.box, 0.04 * detection.box.width
    return box.x0 <= margin or box.y0 <= margin or box.x1 >= view.width - margin or box.y1 >= view.height - margin


def _is_covered(detection: Detection, view: View) -> bool:
    return any(
        other is not detection and overlap_of_smaller(detection, other) > _COVERING_OVERLAP for other in view.detections
    )
