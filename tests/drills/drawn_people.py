"""Clips of several drawn people who come, go, and put masks on and off at known times."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from producer.sources.demo.figure import Pixels, figure

FPS = 10.0
WIDTH, HEIGHT = 640, 360
_FIGURE_PX = 320  # the drawn person's side before it is scaled


@dataclass(frozen=True)
class Phase:
    """What a person does until an instant, in seconds of the clip."""

    until_s: float
    wears: str  # "bare", "mask", or "away": out of the picture


@dataclass(frozen=True)
class Person:
    """Somebody who sways around ``x`` (pixels); ``scale`` 0.6 makes the face about 57 pixels wide."""

    x: float
    scale: float
    phases: tuple[Phase, ...]

    def wears_at(self, time_s: float) -> str:
        """What the person does then; away behind the last phase."""
        return next((phase.wears for phase in self.phases if time_s < phase.until_s), "away")


def draw_people(path: Path, people: Sequence[Person], seconds: float) -> Path:
    """A clip of 640 x 360 pixels, ten pictures a second."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), FPS, (WIDTH, HEIGHT))
    for number in range(round(seconds * FPS)):
        writer.write(_picture(people, number / FPS))
    writer.release()
    return path


def _picture(people: Sequence[Person], time_s: float) -> Pixels:
    picture = np.full((HEIGHT, WIDTH, 3), (214, 210, 202), np.uint8)
    picture[300:] = (96, 118, 140)
    for person in people:
        if (wears := person.wears_at(time_s)) != "away":
            picture = _placed(picture, person, wears == "mask", time_s)
    return picture


def _placed(picture: Pixels, person: Person, has_mask: bool, time_s: float) -> Pixels:
    left = person.x - _FIGURE_PX / 2 * person.scale + 14 * np.sin(time_s * 1.3 + person.x)
    top = HEIGHT - _FIGURE_PX * person.scale + 3 * np.sin(time_s * 2.1)
    where = np.array([[person.scale, 0, left], [0, person.scale, top]])
    moved = cv2.warpAffine(_figure(has_mask), where, (WIDTH, HEIGHT), flags=cv2.INTER_AREA)
    share = moved[..., 3:].astype(np.float32) / 255
    return np.asarray(picture * (1 - share) + moved[..., :3] * share, dtype=np.uint8)


@lru_cache(maxsize=2)
def _figure(has_mask: bool) -> Pixels:
    return figure(has_mask)
