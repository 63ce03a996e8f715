"""Pictures drawn in the test: faces that a detector finds, and the JPEGs and headers of frames."""

from datetime import UTC, datetime

import cv2
import numpy as np

from shared.messages import Box, FrameHeader, OnOverload
from worker.detectors import Picture

GREY = (128, 140, 120)


def a_scene(*faces: tuple[int, int, int], width: int = 640, height: int = 480) -> Picture:
    """A grey wall with drawn faces, each (centre x, centre y, size)."""
    scene = np.full((height, width, 3), GREY, np.uint8)
    for x, y, size in faces:
        _draw_face(scene, x, y, size)
    return np.asarray(cv2.GaussianBlur(scene, (0, 0), 2), np.uint8)


def a_jpeg(picture: Picture, quality: int = 95) -> bytes:
    """The picture as JPEG."""
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def a_header(
    sequence: int = 0,
    camera: str = "gate",
    width: int = 640,
    height: int = 480,
    captured_at: datetime | None = None,
    on_overload: OnOverload = "wait",
) -> FrameHeader:
    """A file's frame, captured now unless told otherwise."""
    return FrameHeader(
        camera=camera,
        epoch=1,
        sequence=sequence,
        captured_at=captured_at or datetime.now(UTC),
        width=width,
        height=height,
        on_overload=on_overload,
    )


def centre_is_in(box: Box, x: float, y: float) -> bool:
    """Whether a point lies within a box."""
    return box.x0 < x < box.x1 and box.y0 < y < box.y1


def _draw_face(scene: Picture, x: int, y: int, size: int) -> None:
    skin, lips, hair, shade = (150, 180, 225), (80, 80, 150), (30, 30, 40), (120, 144, 180)

    def ellipse(dx: float, dy: float, rx: float, ry: float, colour: tuple[int, int, int], half: bool = False) -> None:
        centre, radii = (int(x + dx * size), int(y + dy * size)), (int(rx * size), int(ry * size))
        cv2.ellipse(scene, centre, radii, 0, 180 if half else 0, 360, colour, -1, cv2.LINE_AA)

    ellipse(0, 0, 0.42, 0.55, skin)
    ellipse(0, -0.3, 0.44, 0.32, hair, half=True)
    for side in (-0.18, 0.18):
        ellipse(side, -0.17, 0.11, 0.03, (40, 50, 60), half=True)
        ellipse(side, -0.07, 0.085, 0.045, (60, 70, 90))
        ellipse(2 * side, 0.1, 0.05, 0.3, shade)
    ellipse(0, 0.14, 0.06, 0.05, (100, 125, 170))
    ellipse(0, 0.3, 0.17, 0.045, lips)
