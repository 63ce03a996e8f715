"""Annotated pictures: where their faces are, and where nobody may say that there is none."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from shared.messages import Label
from shared.model_registry import BACKGROUND
from trainer.data_set import Face, boxed_faces, labelled_faces
from trainer.detector.teacher import LANDMARKS, BoxTeacher, Points, Taught
from trainer.settings import TrainingRefused

Pixels = NDArray[np.uint8]  # RGB, height x width x 3
Boxes = NDArray[np.float32]  # (faces, 4): x0, y0, x1, y1 in pixels

KINDS = tuple(Label)
BARE = KINDS.index(Label.WITHOUT_MASK)
VALIDATION_SHARE = 0.15
SAME_FACE_IOU = 0.4  # of an annotated box and the teacher's
MAX_SIDE_PX = 320  # of pictures of one face; photographs keep their size


@dataclass(frozen=True)
class Page:
    """One picture with its faces."""

    name: str
    pixels: Pixels
    faces: Boxes
    kinds: NDArray[np.int8]  # (faces,): index into KINDS
    unclear: Boxes  # may or may not be faces: neither found nor missed
    landmarks: Points  # (faces, 5, 2)

    @property
    def is_bare(self) -> NDArray[np.bool_]:
        """Of each face, whether it is without a mask."""
        return np.asarray(self.kinds == BARE, bool)

    @property
    def is_validation(self) -> bool:
        """Whether this picture only chooses, decided by its name alone."""
        return hashlib.sha256(self.name.encode()).digest()[0] < VALIDATION_SHARE * 256


@dataclass(frozen=True)
class Dropped:
    """A picture that teaches nothing, and why."""

    file: str  # its name, with the two folders above it
    reason: str


def photographs(folder: Path, teacher: BoxTeacher) -> Iterator[Page]:
    """Photographs with every face boxed; what the teacher finds beyond the boxes is unclear.

    Raises:
        TrainingRefused: the folder has no such photographs.
    """
    by_file: dict[Path, list[tuple[Sequence[float], int]]] = {}
    for face in boxed_faces(folder):
        assert face.box is not None  # noqa: S101 - boxed_faces gives boxes
        by_file.setdefault(face.file, []).append((face.box, KINDS.index(Label(face.label))))
    for file, faces in sorted(by_file.items()):
        pixels = read(file)
        if pixels is None:
            raise TrainingRefused(f"cannot read {file}")
        boxes = np.array([box for box, _ in faces], np.float32)
        taught = teacher.find(pixels)
        unclear = np.array([box for box in taught.boxes if ious(box, boxes).max() < 0.3], np.float32).reshape(-1, 4)
        kinds = np.array([kind for _, kind in faces], np.int8)
        yield Page(file.name, pixels, boxes, kinds, unclear, _landmarks(boxes, taught))


def _landmarks(boxes: Boxes, taught: Taught) -> Points:
    """Those of the teacher's face in the same place."""
    points = np.full((len(boxes), LANDMARKS, 2), np.nan, np.float32)
    for index, box in enumerate(boxes):
        overlaps = ious(box, taught.boxes)
        if len(overlaps) and overlaps.max() >= SAME_FACE_IOU:
            points[index] = taught.landmarks[overlaps.argmax()]
    return points


def single_faces(faces: Iterable[Face], teacher: BoxTeacher) -> Iterator[Page | Dropped]:
    """Labelled pictures with the boxes that the teacher is sure of; one item for each face given."""
    for face in faces:
        place = "/".join(face.file.parts[-3:])
        pixels = read(face.file)
        if pixels is None:
            yield Dropped(place, "no picture")
            continue
        pixels = _shrunk(pixels)
        taught = teacher.find(pixels)
        sure = taught.is_sure
        if sure.any():
            kinds = np.full(int(sure.sum()), KINDS.index(Label(face.label)), np.int8)
            name = f"{face.source}/{face.cluster or face.file.name}"
            yield Page(name, pixels, taught.boxes[sure], kinds, taught.boxes[~sure], taught.landmarks[sure])
        elif len(taught.boxes):
            yield Dropped(place, "the teacher is not sure of any face")
        else:
            yield Dropped(place, "the teacher finds no face")


def labelled(folder: Path) -> list[Face]:
    """The labelled pictures of a folder that show a face; see ``trainer.data_set.labelled_faces``.

    Raises:
        TrainingRefused: there is no such folder, nothing labelled in it, or its manifest is wrong.
    """
    return [face for face in labelled_faces(folder) if face.label != BACKGROUND]


def _shrunk(pixels: Pixels) -> Pixels:
    longest = max(pixels.shape[:2])
    if longest <= MAX_SIDE_PX:
        return pixels
    factor = MAX_SIDE_PX / longest
    return np.asarray(cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)


def read(file: Path) -> Pixels | None:
    """A picture as RGB, or none where the file is no picture."""
    decoded = cv2.imread(str(file), cv2.IMREAD_COLOR)
    return None if decoded is None else np.ascontiguousarray(decoded[:, :, ::-1], np.uint8)


def ious(box: Boxes, others: Boxes) -> NDArray[np.float32]:
    """How much one box (4,) shares with others (n, 4), 0 to 1 each."""
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=1)
    areas = (others[:, 2:] - others[:, :2]).prod(axis=1) + (box[2:] - box[:2]).prod()
    return np.asarray(shared / np.maximum(areas - shared, 1e-6), np.float32)
