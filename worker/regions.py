"""Which parts of a picture are scanned where only some of it moved, and the faces found there: no clock, no I/O."""

from collections.abc import Iterable, Sequence

from shared.messages import Box
from worker.detectors import Detector, Each, FaceBox, Part, Patch, Picture, Size, size_of
from worker.matching import iou

Regions = Sequence[Box] | None  # where something moved, in pixels of the picture; none is everywhere

# What moved is often a part of a face, such as its mouth or its outline. So a region is widened on each
# side by the smallest face, and by this share of its shorter side up to so many pixels: what is large
# already holds the face, and wider margins soon add up to the whole picture.
MARGIN, MOST_MARGIN_PX = 0.5, 24
ALIGNED_PX = 16  # a patch's sides are multiples of this, which spares no work below it
LEAST_SIDE_PX = 64
PATCH_COST_PX = 8_192  # what scanning a patch costs beyond its pixels
# Patches that cost more than this share of the whole picture give way to it, which shows still faces too.
MOST_SHARE = 0.7
CUT_PX = 2.0  # a face nearer than this to an edge of the patch goes on behind it
SAME_FACE_IOU = 0.5


def patches_of(regions: Regions, width: int, height: int, min_face_px: int) -> tuple[Patch, ...]:
    """What to scan of a picture of ``width`` x ``height`` pixels in which only ``regions`` moved.

    Each region lies in one patch, as far as it lies in the picture; patches may overlap. One patch is the whole
    picture where several would cost more than ``MOST_SHARE`` of it, and where regions are ``None``.
    """
    whole = Patch(0, 0, width, height)
    if regions is None:
        return (whole,)
    inside = [box for region in regions if (box := _within(region, whole)) is not None]
    boxes = _merged((_grown(box, min_face_px) for box in inside), whole)
    if sum(_cost(box, whole) for box in boxes) > MOST_SHARE * whole.pixels:
        return (whole,)
    return tuple(_snapped(box, whole) for box in boxes)


def scan(
    detector: Detector, pictures: Sequence[Picture], patches: Sequence[Sequence[Patch]], each: Each
) -> list[list[FaceBox]]:
    """What the detector finds in the patches of each picture, in that one's pixels; each face once, the surest first.

    A face that goes on behind an edge of its patch is left out: its box would be a wrong one, and its
    track outlives a frame without it better than a jump.
    """
    parts = [
        Part(picture[patch.y0 : patch.y1, patch.x0 : patch.x1], size_of(picture))
        for picture, some in zip(pictures, patches, strict=True)
        for patch in some
    ]
    found = iter(detector.detect_each(parts, each))
    return [
        _gathered(size_of(picture), some, [next(found) for _ in some])
        for picture, some in zip(pictures, patches, strict=True)
    ]


def _gathered(size: Size, patches: Sequence[Patch], found: Sequence[Sequence[FaceBox]]) -> list[FaceBox]:
    whole = Patch(0, 0, *size)
    faces: list[FaceBox] = []
    for patch, of_patch in zip(patches, found, strict=True):
        shifted = (FaceBox(_shifted(face.box, patch), face.face_confidence) for face in of_patch)
        uncut = [face for face in shifted if not _is_cut(face.box, patch, whole)]
        faces += [face for face in uncut if all(iou(face.box, other.box) < SAME_FACE_IOU for other in faces)]
    return sorted(faces, key=lambda face: -face.face_confidence)


def _shifted(box: Box, patch: Patch) -> Box:
    return Box(box.x0 + patch.x0, box.y0 + patch.y0, box.x1 + patch.x0, box.y1 + patch.y0)


def _is_cut(box: Box, patch: Patch, whole: Patch) -> bool:
    """Whether a face goes on behind an edge of its patch that is none of the picture."""
    return (
        (patch.x0 > whole.x0 and box.x0 < patch.x0 + CUT_PX)
        or (patch.y0 > whole.y0 and box.y0 < patch.y0 + CUT_PX)
        or (patch.x1 < whole.x1 and box.x1 > patch.x1 - CUT_PX)
        or (patch.y1 < whole.y1 and box.y1 > patch.y1 - CUT_PX)
    )


def _within(region: Box, whole: Patch) -> Box | None:
    box = Box(
        max(region.x0, whole.x0), max(region.y0, whole.y0), min(region.x1, whole.x1), min(region.y1, whole.y1)
    )  # fmt: skip
    return box if box.width > 0 and box.height > 0 else None


def _grown(box: Box, min_face_px: int) -> Box:
    margin = min_face_px + min(MARGIN * min(box.width, box.height), MOST_MARGIN_PX)
    return Box(box.x0 - margin, box.y0 - margin, box.x1 + margin, box.y1 + margin)


def _merged(boxes: Iterable[Box], whole: Patch) -> list[Box]:
    """One box for those that overlap, since a face may lie across them, and for those that cost less as one."""
    merged: list[Box] = []
    for each in boxes:
        box = each
        while (other := next((other for other in merged if _belong_together(box, other, whole)), None)) is not None:
            merged.remove(other)
            box = _around(box, other)
        merged.append(box)
    return merged


def _belong_together(one: Box, other: Box, whole: Patch) -> bool:
    if one.x0 < other.x1 and other.x0 < one.x1 and one.y0 < other.y1 and other.y0 < one.y1:
        return True
    apart, together = _cost(one, whole) + _cost(other, whole), _around(one, other)
    return together.width * together.height <= apart and _cost(together, whole) <= apart


def _around(one: Box, other: Box) -> Box:
    return Box(min(one.x0, other.x0), min(one.y0, other.y0), max(one.x1, other.x1), max(one.y1, other.y1))


def _cost(box: Box, whole: Patch) -> int:
    """What it costs to scan the patch around a box."""
    return _snapped(box, whole).pixels + PATCH_COST_PX


def _snapped(box: Box, whole: Patch) -> Patch:
    """The patch around a box, as far as the picture goes."""
    (x0, x1), (y0, y1) = _side(box.x0, box.x1, whole.x1), _side(box.y0, box.y1, whole.y1)
    return Patch(x0, y0, x1, y1)


def _side(low: float, high: float, end: int) -> tuple[int, int]:
    """The range within 0..end of a usual length around another range, whose middle it has where there is room."""
    low, high = max(low, 0.0), min(high, end)
    length = min(max(-int((low - high) // ALIGNED_PX) * ALIGNED_PX, LEAST_SIDE_PX), end)
    start = round((low + high - length) / 2)
    start = min(max(start, 0), end - length)
    return start, start + length
