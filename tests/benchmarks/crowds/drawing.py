"""Draws a scene: paper dolls with photographed heads in a drawn room, farther ones first."""

from collections.abc import Iterator, Mapping

import cv2
import numpy as np

from shared.messages import Box
from tests.benchmarks.crowds.heads import HEAD_HEIGHT, HEAD_WIDTH, Head, Pixels
from tests.worker.events.crowd_scene import HEIGHT, WIDTH, Scene, body_of

_FLOOR_Y = 450


def frames_of(scene: Scene, heads: Mapping[int, Head], fps: float, seed: int) -> Iterator[Pixels]:
    """Every frame of a scene; ``heads`` by the number of their walker."""
    room = _room(np.random.default_rng(seed))
    for number in range(round(scene.duration_s * fps)):
        frame = room.copy()
        for sight in scene.sights_at(number / fps):
            _draw_body(frame, body_of(sight.face), sight.walker.clothes)
            _draw_head(frame, sight.face, heads[sight.walker.number].picture)
        yield frame


def _room(random: np.random.Generator) -> Pixels:
    shade = np.linspace(0, 1, HEIGHT)[:, None, None]
    wall, floor = np.array([195, 205, 210]) + 20 * shade, np.array([60, 75, 90]) + 20 * shade
    room = np.where(np.arange(HEIGHT)[:, None, None] < _FLOOR_Y, wall, floor) + np.zeros((1, WIDTH, 1))
    picture = np.asarray(room, np.uint8)
    for _ in range(int(random.integers(4, 9))):  # pictures on the wall
        x, y = int(random.integers(0, WIDTH - 160)), int(random.integers(10, 250))
        corner = (x + int(random.integers(60, 160)), y + int(random.integers(60, 190)))
        cv2.rectangle(picture, (x, y), corner, tuple(int(each) for each in random.integers(40, 220, 3)), -1)
        cv2.rectangle(picture, (x, y), corner, (40, 40, 40), 2)
    return picture


def _draw_body(frame: Pixels, body: Box, clothes: tuple[int, int, int]) -> None:
    corners = (round(body.x0), round(body.y0)), (round(body.x1), round(body.y1))
    cv2.rectangle(frame, *corners, tuple(reversed(clothes)), -1)


def _draw_head(frame: Pixels, face: Box, head: Pixels) -> None:
    x, y = face.centre
    width, height = max(2, round(HEAD_WIDTH * face.width)), max(2, round(HEAD_HEIGHT * face.height))
    left, top = round(x - width / 2), round(y - height / 2)
    x0, x1, y0, y1 = max(left, 0), min(left + width, WIDTH), max(top, 0), min(top + height, HEIGHT)
    if x0 >= x1 or y0 >= y1:
        return
    inside = slice(y0 - top, y1 - top), slice(x0 - left, x1 - left)
    small = cv2.resize(head, (width, height), interpolation=cv2.INTER_AREA)[inside].astype(np.float32)
    behind = frame[y0:y1, x0:x1].astype(np.float32)
    strength = _oval(width, height)[inside][..., None]
    frame[y0:y1, x0:x1] = (behind + strength * (small - behind)).astype(np.uint8)


def _oval(width: int, height: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """1 in the middle, 0 outside, soft between."""
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    return np.asarray(np.clip(6 * (1 - np.hypot(x, y)), 0, 1), np.float32)
