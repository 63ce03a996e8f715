"""What a detector and a classifier that err would make of a scene, frame by frame; nothing is drawn."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import cv2
import numpy as np

from shared.messages import Box, Detection, DropReason, FrameOutcome, FrameResult, Label
from tests.builders import BEGIN
from tests.worker.events.crowd_scene import HEIGHT, WIDTH, Scene, Sight, Walker, covers

_JITTER, _SIZE_JITTER = 0.03, 0.04  # of a face's size, standard deviations
_COLOUR_NOISE = 4.0  # levels
_SPOTS = 3  # places that look like a face now and then
_OFF_SPOTS = 0.3  # share of false faces that are anywhere else
_WALL = (160, 128, 130)
_TURNED = {Label.WITH_MASK: Label.WITHOUT_MASK, Label.WITHOUT_MASK: Label.WITH_MASK}


@dataclass(frozen=True)
class Noise:
    """What goes wrong, as shares of labels, faces and frames; false faces a second."""

    wrong_labels: float
    missing: float
    lost_frames: float
    false_faces: float


@dataclass
class _Eyes:
    """Sees one scene; all of its errors come from one seed."""

    scene: Scene
    noise: Noise
    fps: float
    random: np.random.Generator

    def __post_init__(self) -> None:
        self._spots = [self._somewhere() for _ in range(_SPOTS)]

    def detections(self, at_s: float) -> tuple[Detection, ...]:
        sights = self.scene.sights_at(at_s)
        found = [self._detection(each, sights[n + 1 :]) for n, each in enumerate(sights) if self._is_found(each)]
        if self.random.random() < self.noise.false_faces / self.fps:
            found.append(self._false_face())
        return tuple(found)

    def _is_found(self, sight: Sight) -> bool:
        """Faces are missed at random; the less is seen of them, the more often."""
        chance = (1 - self.noise.missing) * min(1.0, max(0.0, (sight.visible - 0.35) / 0.4))
        return bool(self.random.random() < chance)

    def _detection(self, sight: Sight, nearer: list[Sight]) -> Detection:
        is_clear = sight.visible > 0.8
        label = Label.WITHOUT_MASK if sight.walker.is_bare else Label.WITH_MASK
        is_wrong = self.random.random() < self.noise.wrong_labels * (1 if is_clear else 2)
        box = self._jittered(sight.face)
        return Detection(
            box=box,
            label=_TURNED[label] if is_wrong else label,
            confidence=self._share(0.55, 0.95) if is_wrong else self._share(0.8, 1.0),
            face_confidence=self._share(0.65, 0.99) if is_clear else self._share(0.35, 0.85),
            sharpness=400.0,
            appearance=self._clothing(box, sight.walker, nearer),
        )

    def _jittered(self, face: Box) -> Box:
        (x, y), (dx, dy) = face.centre, self.random.normal(0, _JITTER * face.width, 2)
        half_width, half_height = np.array([face.width, face.height]) / 2 * (1 + self.random.normal(0, _SIZE_JITTER))
        left, right = max(0.0, x + dx - half_width), min(float(WIDTH), x + dx + half_width)
        top, bottom = max(0.0, y + dy - half_height), min(float(HEIGHT), y + dy + half_height)
        return Box(*(round(float(each), 1) for each in (left, top, right, bottom)))

    def _clothing(self, box: Box, walker: Walker, nearer: list[Sight]) -> tuple[int, ...]:
        x, y = box.centre[0], box.y1 + 1.15 * box.height
        if y > HEIGHT:
            return ()
        places = [(x + dx * box.width, y + dy * box.height) for dy in (-0.4, 0.4) for dx in (-0.4, 0.4)]
        colours = [value for place in places for value in self._colour_at(*place, walker, nearer)]
        noise = self.random.normal(0, _COLOUR_NOISE, len(colours))
        return tuple(int(each) for each in np.clip(np.add(colours, noise), 0, 255))

    def _colour_at(self, x: float, y: float, walker: Walker, nearer: list[Sight]) -> tuple[int, ...]:
        if not 0 <= x < WIDTH:
            return _WALL
        front = next((each.walker for each in reversed(nearer) if covers(each.face, x, y)), walker)
        return _colour_of(front.clothes)

    def _false_face(self) -> Detection:
        is_off = self.random.random() < _OFF_SPOTS
        face = self._somewhere() if is_off else self._spots[int(self.random.integers(_SPOTS))]
        return Detection(
            box=self._jittered(face),
            label=Label.WITHOUT_MASK if self.random.random() < 0.5 else Label.WITH_MASK,
            confidence=self._share(0.5, 0.9),
            face_confidence=self._share(0.35, 0.8),
            sharpness=400.0,
            appearance=tuple(int(each) for each in self.random.integers(100, 160, 12)),
        )

    def _somewhere(self) -> Box:
        x, y, width = self.random.uniform((60, 60, 25), (WIDTH - 60, 500, 60))
        return Box(x - width / 2, y - width / 2, x + width / 2, y + width / 2)

    def _share(self, lowest: float, highest: float) -> float:
        return round(float(self.random.uniform(lowest, highest)), 3)


@cache
def _colour_of(clothes: tuple[int, int, int]) -> tuple[int, ...]:
    """As the worker summarises clothing: CIELAB, with half of the contrast in L."""
    light, a, b = cv2.cvtColor(np.array([[clothes]], np.uint8), cv2.COLOR_RGB2LAB)[0, 0]
    return 64 + int(light) // 2, int(a), int(b)


def results_of(scene: Scene, noise: Noise, fps: float, seed: int) -> Iterator[FrameResult]:
    """The results of a camera that films the scene."""
    eyes = _Eyes(scene, noise, fps, np.random.default_rng((seed, 1)))
    for number in range(int(scene.duration_s * fps)):
        is_lost = eyes.random.random() < noise.lost_frames
        yield FrameResult(
            camera="crowd",
            epoch=1,
            sequence=number,
            captured_at=BEGIN + timedelta(seconds=number / fps),
            on_overload="drop_oldest",
            width=WIDTH,
            height=HEIGHT,
            outcome=FrameOutcome.DROPPED if is_lost else FrameOutcome.PROCESSED,
            reason=DropReason.OVERLOAD if is_lost else None,
            detections=() if is_lost else eyes.detections(number / fps),
        )
