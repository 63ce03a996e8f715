"""Whose clothing a detection shows: below a face that somebody stands before are somebody else's colours."""

from collections.abc import Iterable, Sequence

from shared.messages import Box

_FARTHER = 0.9  # whose face is smaller than this by another's is behind it
_SHOULDERS = 1.2  # from the middle of a face to the side of its body, in face widths
_HEAD = 0.3  # by how much a head is larger than a face on each side, in faces
_TOUCHES = 0.15  # of the clothing looked at may be covered


def is_covered(face: Box, others: Iterable[Box]) -> bool:
    """Whether the clothing below a face is hidden in part by people who stand before it, whose faces these are."""
    region = _below(face)
    area = region.width * region.height
    nearer = [each for each in others if each.width > _FARTHER * face.width]
    return any(_overlap(region, part) > _TOUCHES * area for each in nearer for part in (_body(each), _head(each)))


def difference(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Mean difference of two clothing summaries in levels, 0..255; ``None`` when one of them is unknown."""
    if not one or len(one) != len(other):
        return None
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one)


def _below(face: Box) -> Box:
    """Where the worker looks at clothing."""
    x, _ = face.centre
    top = face.y1 + 0.4 * face.height
    return Box(x - 0.75 * face.width, top, x + 0.75 * face.width, top + 1.5 * face.height)


def _body(face: Box) -> Box:
    x, _ = face.centre
    reach = _SHOULDERS * face.width
    return Box(x - reach, face.y1, x + reach, face.y1 + 8 * face.height)


def _head(face: Box) -> Box:
    dx, dy = _HEAD * face.width, _HEAD * face.height
    return Box(face.x0 - dx, face.y0 - dy, face.x1 + dx, face.y1 + dy)


def _overlap(a: Box, b: Box) -> float:
    width = min(a.x1, b.x1) - max(a.x0, b.x0)
    height = min(a.y1, b.y1) - max(a.y0, b.y0)
    return max(0.0, width) * max(0.0, height)
