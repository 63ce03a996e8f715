"""What detectors take for faces and are none: squares of photographs that no face touches."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from shared.model_registry import BACKGROUND
from trainer.crops import Pixels, read_picture
from trainer.data_set import Box, Face
from trainer.report.finders import CASCADE
from trainer.teacher import Teacher

A_PHOTOGRAPH = 3  # squares at most: neighbours in one photograph look alike
SMALLEST_PX, LARGEST_PX = 20, 160
# Somebody may have left a face out of the annotations: what the teacher half believes in is not taken either.
DOUBTED_CONFIDENCE = 0.3


def mine(boxed: list[Face], teacher: Teacher | None, on_each: Callable[[int], None]) -> list[Face]:
    """Background "faces" of annotated photographs: first what a cascade takes for faces, then chance."""
    cascade = cv2.CascadeClassifier(str(CASCADE))
    photographs: dict[Path, list[Face]] = defaultdict(list)
    for face in boxed:
        photographs[face.file].append(face)
    found: list[Face] = []
    for done, (file, faces) in enumerate(photographs.items(), start=1):
        picture = read_picture(file)
        if picture is not None:
            boxes = _free_boxes(picture, faces, teacher, cascade)
            found += [replace(faces[0], label=BACKGROUND, box=box) for box in boxes]
        on_each(done)
    return found


def _free_boxes(
    picture: Pixels, faces: list[Face], teacher: Teacher | None, cascade: cv2.CascadeClassifier
) -> list[Box]:
    taken = [face.box for face in faces if face.box is not None]
    taken += [] if teacher is None else teacher.faces(picture, DOUBTED_CONFIDENCE)
    chosen: list[Box] = []
    for box in _proposed(picture, faces[0].file.name, cascade):
        if not any(_touch(box, other) for other in [*taken, *chosen]):
            chosen.append(box)
        if len(chosen) == A_PHOTOGRAPH:
            break
    return chosen


def _proposed(picture: Pixels, name: str, cascade: cv2.CascadeClassifier) -> Iterator[Box]:
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    for x, y, width, height in cascade.detectMultiScale(grey, 1.1, 2, minSize=(SMALLEST_PX, SMALLEST_PX)):
        yield float(x), float(y), float(x + width), float(y + height)
    random = np.random.default_rng(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]))
    height, width = picture.shape[:2]
    largest = min(LARGEST_PX, height, width)
    for _ in range(20 if largest > SMALLEST_PX else 0):
        side = float(np.exp(random.uniform(np.log(SMALLEST_PX), np.log(largest))))
        x, y = random.uniform(0, width - side), random.uniform(0, height - side)
        yield x, y, x + side, y + side


def _touch(one: Box, other: Box) -> bool:
    return max(one[0], other[0]) < min(one[2], other[2]) and max(one[1], other[1]) < min(one[3], other[3])
