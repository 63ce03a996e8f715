"""The small pictures of faces that workers send with their results: how they are cut."""

from shared.messages import Box

FACE_MARGIN = 0.3  # surroundings on each side, as a share of the face's longer side
MIN_SIDE_PX, MAX_SIDE_PX = 96, 160


def square_around(box: Box, margin: float) -> tuple[int, int, int]:
    """Left, top and side in whole pixels of the square around a face; parts may lie outside the picture.

    The side is the box's longer side times ``1 + 2 * margin``, at least 1 px.
    """
    side = max(1, round(max(box.width, box.height) * (1 + 2 * margin)))
    x, y = box.centre
    return round(x - side / 2), round(y - side / 2), side


def face_in_crop(box: Box, crop_side_px: int) -> Box:
    """Where in its square crop of ``crop_side_px`` pixels a face is whose box in the frame is given."""
    left, top, side = square_around(box, FACE_MARGIN)
    scale = crop_side_px / side
    corners = (box.x0 - left, box.y0 - top, box.x1 - left, box.y1 - top)
    return Box(*(round(min(max(corner * scale, 0.0), float(crop_side_px)), 1) for corner in corners))
