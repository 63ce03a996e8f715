"""A clip with known faces: annotated photographs, each shown for a moment while it drifts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from shared.messages import Box
from worker.annotated_photographs import annotated_photographs, read_photograph
from worker.annotation import VideoWriter
from worker.detectors import Picture
from worker.labelled_data import AnnotatedFace
from worker.offline import VideoFormat

SIZE = (1280, 720)
FPS = 10.0
FRAMES_EACH = 8
STEP_PX = (4.0, 2.0)  # to the right and down, from one frame to the next
_BLUR = 32  # the surroundings are the photograph, so coarse that no face is left in it

Truth = tuple[AnnotatedFace, ...]


@dataclass(frozen=True)
class Clip:
    """A video and, where it is known, who is in each of its frames, in pixels of it."""

    path: Path
    frames: int
    truth: Sequence[Truth] | None = None


def composed(photographs: Path, into: Path, most: int | None = None) -> Clip:
    """Write a clip of the photographs that a folder annotates, or of ``most`` of them, evenly chosen.

    Raises:
        UnusableData: there are none, or they are annotated wrongly.
        OSError: the clip cannot be written.
    """
    listed = annotated_photographs(photographs).photographs
    chosen = listed if most is None else [listed[i * len(listed) // most] for i in range(min(most, len(listed)))]
    truth: list[Truth] = []
    with VideoWriter(into, VideoFormat(*SIZE, FPS)) as video:
        for each in chosen:
            picture = read_photograph(photographs / each.image)
            if picture is None:
                continue
            for shown, faces in drifting(picture, each.boxes):
                video.write(shown)
                truth.append(faces)
    return Clip(into, len(truth), truth)


def drifting(picture: Picture, faces: Sequence[AnnotatedFace]) -> Iterator[tuple[Picture, Truth]]:
    """The frames of one photograph, as large as leaves it room to drift, and where its faces are in each."""
    path_x, path_y = (step * (FRAMES_EACH - 1) for step in STEP_PX)
    height, width = picture.shape[:2]
    scale = min((SIZE[0] - path_x) / width, (SIZE[1] - path_y) / height)
    surroundings = _coarse(picture)
    for number in range(FRAMES_EACH):
        x = (SIZE[0] - width * scale - path_x) / 2 + STEP_PX[0] * number
        y = (SIZE[1] - height * scale - path_y) / 2 + STEP_PX[1] * number
        where = np.array([[scale, 0, x], [0, scale, y]], np.float32)
        shown = surroundings.copy()
        # Reaching beyond the frame at no edge: what is not covered keeps the surroundings.
        cv2.warpAffine(picture, where, SIZE, dst=shown, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT)
        yield shown, tuple(_moved(face, scale, x, y) for face in faces)


def _coarse(picture: Picture) -> Picture:
    small = cv2.resize(picture, (SIZE[0] // _BLUR, SIZE[1] // _BLUR), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, SIZE, interpolation=cv2.INTER_CUBIC), np.uint8)


def _moved(face: AnnotatedFace, scale: float, x: float, y: float) -> AnnotatedFace:
    x0, y0, x1, y1 = face.box
    return face.model_copy(update={"box": Box(x0 * scale + x, y0 * scale + y, x1 * scale + x, y1 * scale + y)})
