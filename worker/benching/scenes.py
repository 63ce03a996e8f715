"""The pictures that stages are timed on, and what is found in them."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from shared.messages import Box
from worker.detectors import Picture
from worker.pipeline import JudgedPicture, Pipeline

WHOLE = (1280, 720)
JPEG_QUALITY = 90


@dataclass(frozen=True)
class Scene:
    """Pictures of one size, width x height, as BGR and as JPEG, and how they were judged."""

    size: tuple[int, int]
    pictures: Sequence[Picture]
    jpegs: Sequence[bytes]
    judged: Sequence[JudgedPicture]
    faces: float  # a picture, on average

    @property
    def boxes(self) -> list[tuple[int, Box]]:
        """Each face with the number of its picture; one in the middle where none is found."""
        found = [(number, each.box) for number, judged in enumerate(self.judged) for each in judged.detections]
        x, y = self.size[0] / 2, self.size[1] / 2
        return found or [(0, Box(x - 32, y - 40, x + 32, y + 40))]


def scene_of(pictures: Sequence[Picture], pipeline: Pipeline, faces: float | None = None) -> Scene:
    """A scene of pictures of any sizes, shown at the first one's; ``faces`` a picture take the place of those found."""
    height, width = pictures[0].shape[:2]
    shown = [at_size(each, (width, height)) for each in pictures]
    judged = [each for picture in shown for each in pipeline.judge([picture])]
    found = sum(len(each.detections) + each.faces_refused for each in judged) / len(judged)
    return Scene((width, height), shown, [_jpeg(each) for each in shown], judged, found if faces is None else faces)


def at_size(picture: Picture, size: tuple[int, int]) -> Picture:
    """The picture, scaled where it is of another size."""
    if picture.shape[1::-1] == size:
        return picture
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _jpeg(picture: Picture) -> bytes:
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes()
