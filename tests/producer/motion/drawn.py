"""A drawn room as a camera's reduced pictures show it, and a camera that plays them to a gate."""

from collections.abc import Callable, Sequence
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from producer.motion.gate import Look, MotionGate
from producer.sources.base import Luma
from shared.messages import Box

Room = npt.NDArray[np.float32]  # brightness before noise, 0 to 255 and beyond

WIDTH, HEIGHT = 320, 180  # reduced; the full picture is four times as wide
FULL_WIDTH, FULL_HEIGHT = 4 * WIDTH, 4 * HEIGHT
FPS = 5.0


@cache
def a_room() -> Room:
    """A wall lit from one side, and furniture with edges and texture; the same for all, not to be drawn into."""
    room = np.tile(np.linspace(90, 150, WIDTH, dtype=np.float32), (HEIGHT, 1))
    random = np.random.default_rng(5)
    for _ in range(12):
        x, y = random.integers(0, (WIDTH - 60, HEIGHT - 40))
        width, height = random.integers(15, (60, 40))
        room[y : y + height, x : x + width] = random.integers(40, 220)
    room[130:170, 20:140] += 25 * np.sin(np.arange(120, dtype=np.float32) * 1.3)
    return np.asarray(cv2.blur(room, (2, 2)), np.float32)


def with_person(room: Room, x: float, y: float = 60, face: float = 12, contrast: float = 40) -> Room:
    """Somebody whose face has its centre at ``x``, ``y`` and is ``face`` wide, all in reduced pixels.

    The face is darker than the wall by ``contrast`` levels, the body brighter by half as much.
    """
    shown = room.copy()
    at = (round(16 * x), round(16 * y))  # sixteenths of a pixel
    change = np.zeros_like(room)
    shoulder, hip = (
        (round(16 * (x - face)), round(16 * (y + face))),
        (round(16 * (x + face)), round(16 * (y + 5 * face))),
    )
    cv2.rectangle(change, shoulder, hip, contrast / 2, -1, cv2.LINE_AA, 4)
    cv2.ellipse(change, at, (round(8 * face), round(10 * face)), 0, 0, 360, -contrast, -1, cv2.LINE_AA, 4)
    return np.asarray(shown + change, np.float32)


class Playing:
    """A camera with a noisy sensor that shows rooms to a gate, frame by frame."""

    def __init__(self, gate: MotionGate, sigma: float = 1.5, fps: float = FPS) -> None:
        self._gate, self._step_s = gate, 1 / fps
        self._random = np.random.default_rng(1)
        self._noise = self._random.normal(0, sigma, (HEIGHT, 4 * WIDTH)).astype(np.float32)
        self.now = 0.0

    def show(self, room: Room) -> Look:
        """What the gate says to the next frame."""
        look = self._gate.look(self._luma(room), FULL_WIDTH, FULL_HEIGHT, self.now)
        self.now += self._step_s
        return look

    def show_all(self, rooms: Callable[[float], Room], seconds: float) -> list[Look]:
        """What it says to frames of so many seconds; ``rooms`` gives the room at a time that counts from here."""
        began_at = self.now
        return [self.show(rooms(self.now - began_at)) for _ in range(round(seconds / self._step_s))]

    def calm(self, room: Room, seconds: float = 6.0) -> None:
        """Let the gate get to know an empty room."""
        self.show_all(lambda _: room, seconds)

    def _luma(self, room: Room) -> Luma:
        # Drawing new noise takes longer than all the rest: a part of a wider field does as well.
        rows, left = self._random.permutation(HEIGHT), self._random.integers(3 * WIDTH)
        return np.asarray(np.clip(room + self._noise[rows, left : left + WIDTH], 0, 255), np.uint8)


def sent_for_motion(looks: Sequence[Look]) -> int:
    """How many frames were sent for something that moved in a part of them."""
    return sum(look.is_wanted and look.regions is not None for look in looks)


def keyframes(looks: Sequence[Look]) -> int:
    """How many frames were sent to be scanned whole."""
    return sum(look.is_wanted and look.regions is None for look in looks)


def shows(look: Look, x: float, y: float = 60) -> bool:
    """Whether a frame is sent in which workers scan this place, in reduced pixels."""
    if not look.is_wanted or look.regions is None:
        return look.is_wanted
    return any(_holds(region, 4 * x, 4 * y) for region in look.regions)


def _holds(region: Box, x: float, y: float) -> bool:
    return region.x0 <= x <= region.x1 and region.y0 <= y <= region.y1
