"""Annotated photographs as ``maskwatch evaluate --boxes`` takes them, checked before anything is judged."""

import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from pydantic import TypeAdapter, ValidationError

from shared.messages import Box
from worker.decoding import AS_STORED
from worker.detectors import Picture
from worker.labelled_data import AnnotatedFace, Photograph, UnusableData
from worker.native_noise import silenced
from worker.pascal_voc import voc_photographs

BOXES_FILE = "boxes.json"
MAX_PIXELS = 40_000_000


@dataclass(frozen=True)
class AnnotatedFolder:
    """The photographs of a folder whose boxes lie within them, and the names of files that are no pictures."""

    photographs: tuple[Photograph, ...]
    unreadable: tuple[str, ...]


def annotated_photographs(folder: Path) -> AnnotatedFolder:
    """The photographs that a folder's ``boxes.json`` annotates, or where there is none its Pascal VOC files.

    A box that sticks out of its picture is cut at the edge. Sizes are read from the pictures'
    headers, so that a wrong annotation is told before an hour is spent on the others.

    Raises:
        UnusableData: there are none, a picture is missing, annotated twice, too large or of another
            size than stated, or a box has no area or lies outside.
    """
    photographs = _listed(folder)
    if not photographs:
        raise UnusableData(f"no photographs are annotated in {folder}")
    _refuse_twice(photographs)
    sizes = [_size(folder / each.image, each.image) for each in photographs]
    both = list(zip(photographs, sizes, strict=True))
    return AnnotatedFolder(
        tuple(_within(each, *size) for each, size in both if size is not None),
        tuple(each.image for each, size in both if size is None),
    )


def read_photograph(path: Path) -> Picture | None:
    """A picture file as BGR, as stored (an EXIF rotation is not applied); ``None`` where it is cut or broken."""
    content = np.fromfile(path, np.uint8)
    # Decoded from memory, since OpenCV gives the upper half of a cut file without a word.
    with silenced():
        try:
            picture = cv2.imdecode(content, AS_STORED)
        except cv2.error:
            return None
    return None if picture is None else np.asarray(picture, np.uint8)


def _listed(folder: Path) -> list[Photograph]:
    path = folder / BOXES_FILE
    if path.is_file():
        return _from_boxes_file(path)
    found = voc_photographs(folder)
    if not found:
        raise UnusableData(
            f"no annotated photographs in {folder}: expected {path}, or {folder}/annotations/*.xml and {folder}/images/"
        )
    return found


def _from_boxes_file(path: Path) -> list[Photograph]:
    try:
        return TypeAdapter(list[Photograph]).validate_json(path.read_bytes())
    except OSError as error:
        raise UnusableData(f"{path} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the whole"
        raise UnusableData(
            f"{path} is not as expected: {where} is {str(first['input'])[:60]!r}: {first['msg']}"
        ) from error


def _refuse_twice(photographs: Sequence[Photograph]) -> None:
    name, times = Counter(each.image for each in photographs).most_common(1)[0]
    if times > 1:
        raise UnusableData(f"{name} is annotated {times} times: leave one annotation, or its faces count as often")


def _size(path: Path, name: str) -> tuple[int, int] | None:
    """Width and height as the picture's header states them; ``None`` where it is no picture."""
    if not path.is_file():
        raise UnusableData(f"{name} is annotated, and there is no file {path}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's own limits; ours follows
            with Image.open(path) as picture:
                width, height = picture.size
    except Image.DecompressionBombError:
        raise UnusableData(f"{name} has more than {MAX_PIXELS} pixels: scale it and its boxes down") from None
    # Pillow says SyntaxError and ValueError for broken headers of some formats.
    except (OSError, SyntaxError, ValueError):
        return None
    if width * height > MAX_PIXELS:
        raise UnusableData(f"{name} has more than {MAX_PIXELS} pixels: scale it and its boxes down")
    return width, height


def _within(photograph: Photograph, width: int, height: int) -> Photograph:
    stated = photograph.width, photograph.height
    if all(stated) and stated != (width, height):
        raise UnusableData(
            f"{photograph.image} has {width}x{height} pixels, its annotation says {stated[0]}x{stated[1]}: "
            "was it scaled or turned since?"
        )
    boxes = tuple(_cut(face, photograph.image, width, height) for face in photograph.boxes)
    return photograph.model_copy(update={"boxes": boxes})


def _cut(face: AnnotatedFace, name: str, width: int, height: int) -> AnnotatedFace:
    x0, y0, x1, y1 = face.box
    if not all(map(isfinite, face.box)) or x1 <= x0 or y1 <= y0:
        raise UnusableData(f"{name}: the box {_words(face.box)} has no area: expected left, top, right, bottom")
    cut = Box(max(x0, 0.0), max(y0, 0.0), min(x1, float(width)), min(y1, float(height)))
    if cut.width <= 0 or cut.height <= 0:
        raise UnusableData(f"{name}: the box {_words(face.box)} lies outside of the picture, {width}x{height} pixels")
    return face.model_copy(update={"box": cut})


def _words(box: Box) -> str:
    return ", ".join(f"{value:g}" for value in box)
