"""How far one observation of a face can be trusted: cut-off, covered and tiny faces are often labelled wrongly."""

from shared.messages import Detection
from worker.events.tracker import overlap_of_smaller
from worker.events.view import View

_CLEAR_WIDTH_PX = 32.0  # from this width on, size takes nothing away
_TINY_WIDTH_PX = 12.0  # at this width and below, nothing is left
_CUT_OFF = 0.1
_COVERED = 0.25
_COVERING_OVERLAP = 0.15  # of the smaller box


def trust(detection: Detection, view: View) -> float:
    """The weight of an observation in its track's vote, 0..1."""
    width = detection.box.width
    weight = min(1.0, max(0.0, (width - _TINY_WIDTH_PX) / (_CLEAR_WIDTH_PX - _TINY_WIDTH_PX)))
    if _is_cut_off(detection, view):
        weight *= _CUT_OFF
    if _is_covered(detection, view):
        weight *= _COVERED
    return weight


def _is_cut_off(detection: Detection, view: View) -> bool:
    box, margin = detection.box, 0.04 * detection.box.width
    return box.x0 <= margin or box.y0 <= margin or box.x1 >= view.width - margin or box.y1 >= view.height - margin


def _is_covered(detection: Detection, view: View) -> bool:
    return any(
        other is not detection and overlap_of_smaller(detection, other) > _COVERING_OVERLAP for other in view.detections
    )
