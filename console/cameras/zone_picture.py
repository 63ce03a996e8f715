"""A camera's picture with its zones drawn into it."""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from shared.zones import Point, Zone, Zones

Pixels = npt.NDArray[np.uint8]  # BGR
Colour = tuple[int, int, int]  # BGR

COLOURS: dict[str, Colour] = {"include": (70, 190, 60), "exclude": (50, 50, 230)}
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_WHITE: Colour = (255, 255, 255)
_BLACK: Colour = (0, 0, 0)
_MIN_WIDTH = 640  # below, no name or number could be read


def drawn(picture: Pixels, zones: Zones) -> Pixels:
    """A copy with areas tinted and named, what counts nowhere darkened, and a grid 0.1 apart.

    Small pictures are enlarged, so that the texts can be read.
    """
    canvas = _enlarged(picture)
    _darken_outside(canvas, zones)
    for zone in zones:
        _tint(canvas, zone)
    _draw_grid(canvas)
    for zone in zones:
        cv2.polylines(canvas, [_pixels(canvas, zone.corners)], True, COLOURS[zone.kind], _line(canvas) * 2, cv2.LINE_AA)
    for number, zone in enumerate(zones, 1):
        _draw_name(canvas, zone, zone.name or f"{zone.kind} {number}")
    return canvas


def blank(width: int = 1280, height: int = 720) -> Pixels:
    """A grey picture, where a camera gives none."""
    return np.full((height, width, 3), 96, np.uint8)


def _enlarged(picture: Pixels) -> Pixels:
    width = picture.shape[1]
    if width >= _MIN_WIDTH:
        return picture.copy()
    factor = _MIN_WIDTH / width
    return np.asarray(cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC), np.uint8)


def _pixels(canvas: Pixels, corners: Sequence[Point]) -> npt.NDArray[np.int32]:
    height, width = canvas.shape[:2]
    return np.array([[round(x * (width - 1)), round(y * (height - 1))] for x, y in corners], np.int32)


def _mask(canvas: Pixels, zones: Sequence[Zone]) -> npt.NDArray[np.bool_]:
    """Where any of the zones is; edges that cross count by the even-odd rule, as in ``Zone.holds``."""
    mask = np.zeros(canvas.shape[:2], np.uint8)
    for zone in zones:
        one = np.zeros_like(mask)
        cv2.fillPoly(one, [_pixels(canvas, zone.corners)], 1)
        mask |= one
    return mask.astype(bool)


def _darken_outside(canvas: Pixels, zones: Zones) -> None:
    including = [zone for zone in zones if zone.kind == "include"]
    if including:
        outside = ~_mask(canvas, including)
        canvas[outside] = (canvas[outside] * 0.4).astype(np.uint8)


def _tint(canvas: Pixels, zone: Zone) -> None:
    inside = _mask(canvas, [zone])
    strength = 0.22 if zone.kind == "include" else 0.45
    canvas[inside] = (canvas[inside] * (1 - strength) + np.array(COLOURS[zone.kind]) * strength).astype(np.uint8)


def _draw_grid(canvas: Pixels) -> None:
    height, width = canvas.shape[:2]
    lines = canvas.copy()
    for tenth in range(1, 10):
        x, y = round(tenth / 10 * (width - 1)), round(tenth / 10 * (height - 1))
        cv2.line(lines, (x, 0), (x, height), _WHITE, _line(canvas))
        cv2.line(lines, (0, y), (width, y), _WHITE, _line(canvas))
    cv2.addWeighted(lines, 0.3, canvas, 0.7, 0, dst=canvas)
    for tenth in range(1, 10):
        text = f".{tenth}"
        _write(canvas, text, (round(tenth / 10 * (width - 1)) + 3, round(18 * _scale(canvas) / 0.45)), 0.85)
        _write(canvas, text, (4, round(tenth / 10 * (height - 1)) - 4), 0.85)


def _draw_name(canvas: Pixels, zone: Zone, name: str) -> None:
    """The name on a plate within the zone's upper edge, kept inside the picture."""
    scale = _scale(canvas) * 1.2
    (text_width, text_height), baseline = cv2.getTextSize(name, _FONT, scale, _line(canvas))
    height, width = canvas.shape[:2]
    points = _pixels(canvas, zone.corners)
    top = points[points[:, 1].argmin()]
    margin = max(3, text_height // 2)
    plate_width, plate_height = text_width + 2 * margin, text_height + baseline + margin
    x = int(np.clip(points[:, 0].mean() - plate_width / 2, 0, max(0, width - plate_width)))
    y = int(np.clip(top[1] + margin, 0, max(0, height - plate_height)))
    cv2.rectangle(canvas, (x, y), (x + plate_width, y + plate_height), COLOURS[zone.kind], cv2.FILLED)
    at = (x + margin, y + plate_height - baseline)
    cv2.putText(canvas, name, at, _FONT, scale, _WHITE, _line(canvas), cv2.LINE_AA)


def _write(canvas: Pixels, text: str, at: tuple[int, int], size: float) -> None:
    scale = _scale(canvas) * size
    cv2.putText(canvas, text, at, _FONT, scale, _BLACK, _line(canvas) * 3, cv2.LINE_AA)
    cv2.putText(canvas, text, at, _FONT, scale, _WHITE, _line(canvas), cv2.LINE_AA)


def _scale(canvas: Pixels) -> float:
    return max(0.45, float(canvas.shape[1]) / 1800)


def _line(canvas: Pixels) -> int:
    return max(1, round(float(canvas.shape[1]) / 1200))
