"""From a cascade's windows to faces with odds: boxes by medians, groups, logistic regression."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from shared.messages import Box, Detection, Label
from tests.benchmarks.cascade_scans import Array, Windows
from worker.detectors.haar import same_faces
from worker.labelled_data import AnnotatedFace, UnusableData
from worker.matching import iou, matched

By = Literal["weights", "neighbours", "surest"]
_BY: dict[By, Callable[[Array], float]] = {
    "weights": lambda margins: float(margins.sum()),
    "neighbours": lambda margins: float(len(margins)),
    "surest": lambda margins: float(margins.max(initial=0)),
}
NOTHING_YET = 0.1  # added before a logarithm is taken
SIMILAR_IOU = 0.35  # a window that is likely to be meant for a face
MIN_WIDTH_PX = 24.0


@dataclass(frozen=True)
class Shape:
    """A face's box in a cascade's window, as parts of its side: size, and how far its centre is moved."""

    width: float
    height: float
    right: float
    down: float


@dataclass(frozen=True)
class Groups:
    """What may be faces in one photograph."""

    boxes: Array  # (n, 4): x, y, w, h
    evidence: Array  # (n, k): logarithms of what speaks for each


def shape_of(photographs: Sequence[tuple[Sequence[AnnotatedFace], Windows]]) -> Shape:
    """The medians over all windows that overlap a face of 24 px or more.

    Raises:
        UnusableData: there is no such window.
    """
    parts = []
    for faces, windows in photographs:
        for face in (each.box for each in faces if each.box.width >= MIN_WIDTH_PX):
            for x, y, side in windows.squares:
                if iou(face, Box(x, y, x + side, y + side)) >= SIMILAR_IOU:
                    centre_x, centre_y = (face.x0 + face.x1 - side) / 2 - x, (face.y0 + face.y1 - side) / 2 - y
                    parts.append((face.width / side, face.height / side, centre_x / side, centre_y / side))
    if not parts:
        raise UnusableData("a cascade finds none of the annotated faces: more photographs are needed")
    return Shape(*(float(each) for each in np.median(np.array(parts), axis=0)))


def groups_of(found: Sequence[tuple[Windows, Shape]], by: By, same_face_iou: float) -> Groups:
    """Put the windows of several scans together; evidence is the logarithm of each scan's weight."""
    boxes = np.concatenate([_boxes(windows.squares, shape) for windows, shape in found])
    margins = np.concatenate([windows.margins for windows, _ in found])
    scans = np.repeat(range(len(found)), [len(windows.margins) for windows, _ in found])
    faces = list(same_faces(boxes, same_face_iou)) if len(boxes) else []
    weights = [[_BY[by](margins[face & (scans == each)]) for each in range(len(found))] for face in faces]
    means = np.array([boxes[face].mean(axis=0) for face in faces]).reshape(-1, 4)
    return Groups(means, np.log(np.array(weights).reshape(-1, len(found)) + NOTHING_YET))


def _boxes(squares: Array, shape: Shape) -> Array:
    centres = squares[:, :2] + squares[:, 2:] * (0.5 + np.array([shape.right, shape.down]))
    sizes = squares[:, 2:] * np.array([shape.width, shape.height])
    return np.concatenate([centres - sizes / 2, sizes], axis=1)


def matches(faces: Sequence[AnnotatedFace], groups: Groups, odds: Array) -> list[int | None]:
    """For each group the annotated face that it found, by the rule of `maskwatch evaluate`."""
    chances = 1 / (1 + np.exp(-odds))
    detections = [
        Detection(
            box=Box(float(x), float(y), float(x + w), float(y + h)),
            label=Label.WITH_MASK,
            confidence=1.0,
            face_confidence=float(chance),
        )
        for (x, y, w, h), chance in zip(groups.boxes, chances, strict=True)
    ]
    return matched([each.box for each in faces], detections)


def fitted_odds(evidence: Array, is_face: Array) -> Array:
    """Logistic regression (k + 1,): the offset, then what each kind of evidence adds to the logarithm of the odds."""
    inputs = np.concatenate([np.ones((len(evidence), 1)), evidence], axis=1)
    factors = np.zeros(inputs.shape[1])
    for _ in range(30):
        chances = 1 / (1 + np.exp(-np.clip(inputs @ factors, -30, 30)))
        slope = inputs.T @ (is_face - chances) - 1e-3 * factors
        bend = (inputs * (chances * (1 - chances))[:, None]).T @ inputs + 1e-3 * np.eye(len(factors))
        factors = factors + np.linalg.solve(bend, slope)
    return factors
