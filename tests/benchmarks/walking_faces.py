"""Faces that walk into a still, noisy scene: how soon the motion gate sends a frame that shows them."""

import copy
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from producer.motion.gate import Look, MotionGate
from producer.sources.base import Pixels
from shared.cameras import Motion
from shared.messages import Box
from tests.benchmarks.still_scenes import SensorNoise, through_jpeg

WIDTHS_PX = (24, 40)
SPEEDS = (15.0, 60.0, 240.0)  # pixels a second
CONTRASTS = (8.0, 16.0, 32.0)  # levels by which the face differs from what it covers, on average
HEIGHTS = (0.3, 0.5, 0.7)  # of the picture, where the face comes in
_CALM_S, _WATCHED_S = 6.0, 6.0
_NO_KEYFRAME_S = 3600.0  # only motion sends anything


@dataclass(frozen=True)
class Walk:
    """A face of that width comes in at the left edge."""

    width_px: int
    speed: float
    contrast: float
    height: float


@dataclass(frozen=True)
class Seen:
    """After how many frames the face was sent, from the first one that shows half of it on; ``None`` is never."""

    walk: Walk
    late_frames: int | None


WALKS = tuple(Walk(*each) for each in itertools.product(WIDTHS_PX, SPEEDS, CONTRASTS, HEIGHTS))


def watched(picture: Pixels, face: Pixels, sensitivity: Motion, sigma: float, fps: float) -> Iterator[Seen]:
    """Every walk through a picture with sensor noise; the gate knows the empty scene for a while."""
    noise = SensorNoise(sigma, picture.shape)
    calm = MotionGate(sensitivity, _NO_KEYFRAME_S)
    for index in range(round(_CALM_S * fps)):
        _look(calm, noise.on(picture), index / fps)
    for walk in WALKS:
        yield Seen(walk, _late_frames(copy.deepcopy(calm), walk, picture, face, noise, fps))


def _late_frames(
    gate: MotionGate, walk: Walk, picture: Pixels, face: Pixels, noise: SensorNoise, fps: float
) -> int | None:
    shown = 0
    for index in range(round(_WATCHED_S * fps)):
        x = walk.speed * index / fps - walk.width_px
        if x >= picture.shape[1]:
            return None
        frame, place = with_face(picture, face, walk, x)
        look = _look(gate, noise.on(frame), _CALM_S + index / fps)
        is_half_in = x >= -walk.width_px / 2
        if look.is_wanted and is_half_in and _holds(look, place):
            return shown
        shown += is_half_in
    return None


def with_face(picture: Pixels, face: Pixels, walk: Walk, x: float) -> tuple[Pixels, Box]:
    """The picture with the face at ``x``, as far as it is inside, and the middle of what is seen of it."""
    side = (walk.width_px, round(walk.width_px * face.shape[0] / face.shape[1]))
    small = cv2.resize(face, side, interpolation=cv2.INTER_AREA)
    left, top = round(x), round(walk.height * picture.shape[0])
    x0, x1, y1 = max(left, 0), min(left + side[0], picture.shape[1]), min(top + side[1], picture.shape[0])
    if x0 >= x1:
        return picture, Box(0, top, 1, top + 1)
    frame = picture.copy()
    covered = frame[top:y1, x0:x1].astype(np.float32)
    change = small[: y1 - top, x0 - left : x1 - left].astype(np.float32) - covered
    strength = walk.contrast / max(float(np.abs(change.mean(axis=2)).mean()), 1.0)
    oval = _oval(side)[: y1 - top, x0 - left : x1 - left, None]
    frame[top:y1, x0:x1] = np.clip(covered + strength * oval * change, 0, 255).astype(np.uint8)
    x, y = (x0 + x1) / 2, (top + y1) / 2
    return frame, Box(x - 1, y - 1, x + 1, y + 1)


def _oval(side: tuple[int, int]) -> npt.NDArray[np.float32]:
    width, height = side
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    return np.asarray(x * x + y * y <= 1, np.float32)


def _look(gate: MotionGate, picture: Pixels, now: float) -> Look:
    luma = next(through_jpeg([picture]))
    return gate.look(luma, picture.shape[1], picture.shape[0], now)


def _holds(look: Look, place: Box) -> bool:
    x, y = place.centre
    return look.regions is None or any(r.x0 <= x <= r.x1 and r.y0 <= y <= r.y1 for r in look.regions)


def share_within(seen: Sequence[Seen], frames: int) -> float:
    """The share of walks that were sent no more than so many frames late."""
    return sum(each.late_frames is not None and each.late_frames <= frames for each in seen) / len(seen)
