"""Pictures made in the test: faces that a detector finds, and the JPEGs and headers of frames."""

from datetime import UTC, datetime

import cv2
import numpy as np

from producer.sources.demo.figure import figure
from shared.messages import Box, FrameHeader, OnOverload
from worker.detectors import Picture

GREY = (128, 140, 120)
FACE = (160, 114, 96)  # centre and width of the face in the demo person's picture


def a_scene(*faces: tuple[int, int, int], width: int = 640, height: int = 480) -> Picture:
    """A grey wall with bare faces, each (centre x, centre y, size)."""
    scene = np.full((height, width, 3), GREY, np.uint8)
    for x, y, size in faces:
        _draw_face(scene, x, y, size)
    return scene


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
    """The demo's person, whose face is as wide as ``size`` and centred at ``x``, ``y``."""
    person = figure(has_mask=False)
    scale = size / FACE[2]
    person = np.asarray(cv2.resize(person, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    left, top = round(x - FACE[0] * scale), round(y - FACE[1] * scale)
    rows = slice(max(top, 0), min(top + len(person), len(scene)))
    columns = slice(max(left, 0), min(left + person.shape[1], scene.shape[1]))
    shown = person[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    opacity = shown[..., 3:] / 255
    scene[rows, columns] = (shown[..., :3] * opacity + scene[rows, columns] * (1 - opacity)).astype(np.uint8)
