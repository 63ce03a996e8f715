"""The pictures of the demo feeds: a person who moves back and forth in a drawn room, by frame number."""

import math
from functools import lru_cache

import cv2
import numpy as np

from producer.sources.demo.figure import Pixels, figure

WIDTH = 640
HEIGHT = 360
FPS = 10.0

_SCALE = 0.95  # makes the face about 90 pixels wide
_PERIOD_S = 14.0
_REACH_PX = 170  # to either side of the middle, so that the head never leaves the picture


def draw(has_mask: bool, frame_number: int) -> Pixels:
    """The picture with that number, BGR, 640 x 360; the same for the same number in every process."""
    time_s = frame_number / FPS
    left = WIDTH / 2 - 160 * _SCALE + _REACH_PX * math.sin(2 * math.pi * time_s / _PERIOD_S)
    top = HEIGHT - 320 * _SCALE + 6 + 4 * math.sin(2 * math.pi * time_s / 2.3)
    return _place(_person(has_mask), left, top)


def _place(person: Pixels, left: float, top: float) -> Pixels:
    """The room with the person in it; only the part where the person is is drawn anew."""
    side = math.ceil(person.shape[1] * _SCALE) + 2
    x0, y0 = max(math.floor(left), 0), max(math.floor(top), 0)
    x1, y1 = min(math.floor(left) + side, WIDTH), min(math.floor(top) + side, HEIGHT)
    where = np.array([[_SCALE, 0, left - x0], [0, _SCALE, top - y0]])
    moved = cv2.warpAffine(person, where, (x1 - x0, y1 - y0), flags=cv2.INTER_AREA)
    share = moved[..., 3:].astype(np.float32) / 255
    picture = _room().copy()
    picture[y0:y1, x0:x1] = picture[y0:y1, x0:x1] * (1 - share) + moved[..., :3] * share
    return picture


@lru_cache(maxsize=2)
def _person(has_mask: bool) -> Pixels:
    return figure(has_mask)


@lru_cache(maxsize=1)
def _room() -> Pixels:
    """A lit wall with a door, a window and a shelf above a floor; nothing in it looks like a face."""
    shade = np.linspace(196, 222, WIDTH)[None, :, None] - np.linspace(0, 26, HEIGHT)[:, None, None]
    room = (shade * np.array([0.96, 0.98, 1.0])).astype(np.uint8)
    cv2.rectangle(room, (0, 300), (WIDTH, HEIGHT), (96, 118, 140), -1)
    cv2.rectangle(room, (0, 294), (WIDTH, 300), (170, 182, 190), -1)
    cv2.rectangle(room, (30, 90), (130, 294), (92, 112, 134), -1)
    cv2.rectangle(room, (38, 98), (122, 294), (116, 140, 164), -1)
    cv2.circle(room, (112, 200), 4, (60, 180, 205), -1, cv2.LINE_AA)
    cv2.rectangle(room, (470, 40), (610, 150), (238, 238, 238), -1)
    cv2.rectangle(room, (478, 48), (602, 142), (226, 196, 158), -1)
    cv2.rectangle(room, (200, 70), (400, 76), (84, 106, 130), -1)
    for left, colour in ((212, (92, 92, 170)), (228, (120, 150, 90)), (244, (150, 110, 84)), (262, (70, 130, 160))):
        cv2.rectangle(room, (left, 36), (left + 12, 69), colour, -1)
    return np.asarray(cv2.GaussianBlur(room, (0, 0), 0.8), dtype=np.uint8)
