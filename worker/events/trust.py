"""How well an observation shows its face: small, blurred, dark, turned and hidden ones are often labelled wrongly."""

from dataclasses import dataclass

from shared.messages import Detection, Unjudged
from worker.events.tracker import overlap_of_smaller
from worker.events.view import View

# From where on nothing is lost, and where nothing is left; measured in docs/counting.md.
_WIDTH_PX = (32.0, 12.0)
_SHARPNESS = (20.0, 2.0)
_DARK, _GLARING = (32.0, 8.0), (187.0, 245.0)  # mean brightness
_TURNED = (0.5, 1.5)  # of a profile half is left: its label is right more often than not
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
    brightness = detection.brightness
    factors = {
        Unjudged.TOO_SMALL: _left(detection.box.width, _WIDTH_PX),
        Unjudged.COVERED: _unhidden(detection, view),
        Unjudged.DARK: min(_left(brightness, _DARK), _left(brightness, _GLARING)),
        # A dark face shows few edges too: what is blamed on the dark comes first.
        Unjudged.BLURRED: _left(detection.sharpness, _SHARPNESS),
        Unjudged.TURNED_AWAY: _left(detection.turned, _TURNED),
    }
    weight = 1.0
    for factor in factors.values():
        weight *= factor
    return Quality(weight, min(factors, key=lambda cause: factors[cause]))


def _left(value: float | None, bounds: tuple[float, float]) -> float:
    """What a cause leaves, 0..1, between where it begins and where nothing is left; all of what was not measured."""
    begins, ends = bounds
    return 1.0 if value is None else min(1.0, max(0.0, (value - ends) / (begins - ends)))


def _unhidden(detection: Detection, view: View) -> float:
    return (_CUT_OFF if _is_cut_off(detection, view) else 1.0) * (_COVERED if _is_covered(detection, view) else 1.0)


def _is_cut_off(detection: Detection, view: View) -> bool:
    box, margin = detection.box, 0.04 * detection.box.width
    return box.x0 <= margin or box.y0 <= margin or box.x1 >= view.width - margin or box.y1 >= view.height - margin


def _is_covered(detection: Detection, view: View) -> bool:
    return any(
        other is not detection and overlap_of_smaller(detection, other) > _COVERING_OVERLAP for other in view.detections
    )
