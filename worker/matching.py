"""Which detection is which annotated face."""

from collections.abc import Sequence
from typing import Protocol

from shared.messages import Box

MIN_IOU = 0.5


class Found(Protocol):
    """What a detector took for a face, before or after it was classified."""

    @property
    def box(self) -> Box:
        """Where, in pixels of the picture."""
        ...

    @property
    def face_confidence(self) -> float:
        """How sure the detector is, 0 to 1."""
        ...


def matched(annotated: Sequence[Box], detections: Sequence[Found]) -> list[int | None]:
    """For each detection the index of its annotated face, or ``None``; each face is given away once.

    The surest detections choose first, each the free face that it overlaps most. So the surest
    detections alone are matched as they are among less sure ones.
    """
    free = set(range(len(annotated)))
    answers: list[int | None] = [None] * len(detections)
    for index in sorted(range(len(detections)), key=lambda index: -detections[index].face_confidence):
        box = detections[index].box
        best = max(free, key=lambda face: iou(box, annotated[face]), default=None)
        if best is not None and iou(box, annotated[best]) >= MIN_IOU:
            answers[index] = best
            free.discard(best)
    return answers


def iou(one: Box, other: Box) -> float:
    """Shared area of two boxes over their joint area, 0 to 1."""
    width = max(min(one.x1, other.x1) - max(one.x0, other.x0), 0.0)
    height = max(min(one.y1, other.y1) - max(one.y0, other.y0), 0.0)
    shared = width * height
    joint = one.width * one.height + other.width * other.height - shared
    return shared / joint if joint > 0 else 0.0
