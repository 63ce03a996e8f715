"""Faces cut out of their pictures and kept small in memory."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.data_set import Box, Face
from trainer.teacher import Teacher

MIN_SIDE_PX = 12  # a smaller face shows nothing that could be learnt
# A picture this small in which the teacher finds no face is itself a tight crop (sunglasses, a cap, a
# cut-off chin); a larger one is a scene in which the face is anywhere.
MAX_TIGHT_CROP_PX = 170

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Crop:
    """A face's square crop (RGB, uint8) and how wide the face was in its picture."""

    face: Face
    pixels: Pixels
    width_px: float


@dataclass(frozen=True)
class Dropped:
    """A face that cannot be used, and why."""

    file: Path
    reason: str


def cut(picture: Pixels, box: Box, margin: float, side: int) -> Pixels:
    """The crop that ``shared.model_registry.ModelInput`` describes, ``side`` pixels wide and high.

    The square around the box's centre, its side the box's longer side times ``1 + 2 * margin``;
    what lies outside the picture is repeated from its edge.
    """
    x0, y0, x1, y1 = box
    whole = max(round(max(x1 - x0, y1 - y0) * (1 + 2 * margin)), 1)
    left, top = round((x0 + x1 - whole) / 2), round((y0 + y1 - whole) / 2)
    height, width = picture.shape[:2]
    rows = np.clip(np.arange(top, top + whole), 0, height - 1)
    columns = np.clip(np.arange(left, left + whole), 0, width - 1)
    region = picture[rows[:, None], columns[None, :]]
    shrinks = whole > side
    return np.asarray(
        cv2.resize(region, (side, side), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR), np.uint8
    )


class Cutter:
    """Reads faces' pictures and cuts the faces out; remembers the last picture, which often holds several."""

    def __init__(self, teacher: Teacher | None, margin: float, side: int) -> None:
        """Cut with ``margin`` to ``side`` pixels; ``teacher`` finds faces that have no box."""
        self._teacher = teacher
        self._margin = margin
        self._side = side
        self._last: tuple[Path, Pixels | None] = (Path(), None)

    def crop(self, face: Face) -> Crop | Dropped:
        """One face's crop, or why there is none."""
        picture = self._picture(face.file)
        if picture is None:
            return Dropped(face.file, "unreadable picture")
        box = face.box or self._find(picture)
        if box is None:
            return Dropped(face.file, "no face found")
        width = box[2] - box[0]
        if min(width, box[3] - box[1]) < MIN_SIDE_PX:
            return Dropped(face.file, f"smaller than {MIN_SIDE_PX} pixels")
        pixels = cut(picture, box, self._margin, self._side)
        return Crop(face, np.ascontiguousarray(pixels[:, :, ::-1]), width)

    def _find(self, picture: Pixels) -> Box | None:
        height, width = picture.shape[:2]
        whole = (0.0, 0.0, float(width), float(height))
        if self._teacher is None or min(height, width) < MIN_SIDE_PX:
            return whole
        found = self._teacher.largest_face(picture)
        if found is None and min(height, width) <= MAX_TIGHT_CROP_PX:
            return whole
        return found

    def _picture(self, file: Path) -> Pixels | None:
        if self._last[0] != file:
            self._last = (file, read_picture(file))
        return self._last[1]


def cut_all(faces: list[Face], cutter: Cutter, on_each: Callable[[int], None]) -> tuple[list[Crop], list[Dropped]]:
    """All crops that can be made and all faces that cannot; ``on_each`` hears how many are done."""
    crops: list[Crop] = []
    dropped: list[Dropped] = []
    for done, face in enumerate(faces, start=1):
        made = cutter.crop(face)
        if isinstance(made, Crop):
            crops.append(made)
        else:
            dropped.append(made)
        on_each(done)
    return crops, dropped


def read_picture(file: Path) -> Pixels | None:
    """A file's picture (BGR), or ``None`` where it holds none."""
    try:
        data = np.frombuffer(file.read_bytes(), np.uint8)
    except OSError:
        return None
    # imdecode answers None for garbage but raises for nothing at all.
    return None if data.size == 0 else _colour(cv2.imdecode(data, cv2.IMREAD_COLOR))


def _colour(decoded: NDArray[np.generic] | None) -> Pixels | None:
    return None if decoded is None else np.asarray(decoded, np.uint8)
