"""Teaches how far a face is turned away: ``python -m trainer.turning --help``. A minute; no part of other trainings.

YuNet's landmarks are the teacher: in a turned face the tip of the nose is off the middle of the eyes and the eyes
are close together. A ridge regression on gradients repeats its answer for faces that are too small for landmarks.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.detector.teacher import BoxTeacher

SIDE_PX = 32
HOG = cv2.HOGDescriptor((SIDE_PX, SIDE_PX), (16, 16), (8, 8), (8, 8), 9)
SEED = 1
_RIDGE = 10.0
_FOLDS = 5
_MIN_WIDTH_PX = 16.0  # of faces to learn from, in the picture
_MIN_SHOWN_PX, _MAX_SHOWN_PX = 14, 64  # they are learnt as cameras show them: small
_OFF_IN_PROFILE = 0.16  # nose off the middle of the eyes, in face widths
_EYES_APART, _EYES_IN_PROFILE = 0.42, 0.20  # their distance, in face widths

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Taught:
    """A face's grey picture (64 x 64), how far it is turned (0 to 1), its label, and the picture that it is from."""

    grey: NDArray[np.uint8]
    turned: float
    label: str
    group: str


def main() -> None:
    """Learn from annotated photographs, write the weights, print how well they repeat the teacher."""
    parser = argparse.ArgumentParser(prog="python -m trainer.turning", description=__doc__)
    parser.add_argument("--boxes", type=Path, required=True, help="folder with boxes.json and its photographs")
    parser.add_argument("--teacher", type=Path, required=True, help="YuNet's weights, an ONNX file")
    parser.add_argument("--out", type=Path, required=True, help="where to write the weights, an npz file")
    options = parser.parse_args()
    faces = list(taught(options.boxes, BoxTeacher(options.teacher)))
    for label, correlation in sorted(correlations(faces).items()):
        print(f"{label}: correlation with the teacher {correlation:.2f}, photographs held back in turn")
    weights, offset = fit(faces)
    np.savez(options.out, weights=weights.astype(np.float32), offset=np.float32(offset))
    print(f"{len(faces)} faces of {len({face.group for face in faces})} photographs; written to {options.out}")


def taught(folder: Path, teacher: BoxTeacher) -> Iterator[Taught]:
    """The annotated faces in which the teacher finds landmarks."""
    for photograph in json.loads((folder / "boxes.json").read_text()):
        picture = cv2.imread(str(folder / photograph["image"]))
        if picture is None:
            continue
        found = teacher.find(np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8))
        for each in photograph["boxes"]:
            box = np.asarray(each["box"], np.float64)
            points = _landmarks_in(box, found.landmarks)
            if points is not None and box[2] - box[0] >= _MIN_WIDTH_PX:
                grey = _grey(np.asarray(picture, np.uint8), box)
                yield Taught(grey, turned_by(points, box[2] - box[0]), each["label"], photograph["image"])


def turned_by(points: Floats, width: float) -> float:
    """0 to 1, by five landmarks (5, 2): eyes, nose, corners of the mouth, and the face's width in pixels."""
    right, left, nose = points[:3]
    apart = float(np.linalg.norm(left - right))
    off = abs(float(np.dot(nose - (left + right) / 2, (left - right) / max(apart, 1e-3)))) / width
    close = (_EYES_APART - apart / width) / (_EYES_APART - _EYES_IN_PROFILE)
    return float(np.clip(max(off / _OFF_IN_PROFILE, close), 0, 1))


def fit(faces: list[Taught]) -> tuple[Floats, float]:
    """Weights of the gradients and what is added; each face is learnt small, and mirrored too."""
    shown = np.random.default_rng(SEED).integers(_MIN_SHOWN_PX, _MAX_SHOWN_PX, len(faces))
    small = [_shown_at(face.grey, int(side)) for face, side in zip(faces, shown, strict=True)]
    features = np.array([_features(mirrored) for each in small for mirrored in (each, each[:, ::-1])])
    target = np.repeat([face.turned for face in faces], 2)
    mean = features.mean(axis=0)
    centred = features - mean
    weights = np.linalg.solve(
        centred.T @ centred + _RIDGE * np.eye(centred.shape[1]), centred.T @ (target - target.mean())
    )
    return weights, float(target.mean() - mean @ weights)


def correlations(faces: list[Taught]) -> dict[str, float]:
    """Between the teacher's answers and those of weights that never saw the photograph, by label and in all."""
    groups = np.random.default_rng(SEED).permutation(sorted({face.group for face in faces}))
    fold = {group: place % _FOLDS for place, group in enumerate(groups)}
    answers = np.zeros(len(faces))
    for number in range(_FOLDS):
        weights, offset = fit([face for face in faces if fold[face.group] != number])
        for place, face in enumerate(faces):
            if fold[face.group] == number:
                answers[place] = _features(face.grey) @ weights + offset
    truth, labels = np.array([face.turned for face in faces]), np.array([face.label for face in faces])
    chosen = {label: labels == label for label in set(labels.tolist())} | {"all": labels != ""}
    return {label: float(np.corrcoef(truth[those], answers[those])[0, 1]) for label, those in chosen.items()}


def _landmarks_in(box: Floats, landmarks: NDArray[np.float32]) -> Floats | None:
    """The landmarks whose middle is nearest to the box's, if it lies well within."""
    known = [points for points in np.asarray(landmarks, np.float64) if np.isfinite(points).all()]
    centre, size = (box[:2] + box[2:]) / 2, float(min(box[2:] - box[:2]))
    near = sorted((float(np.abs(points.mean(axis=0) - centre).max()), place) for place, points in enumerate(known))
    return known[near[0][1]] if near and near[0][0] < 0.25 * size else None


def _grey(picture: NDArray[np.uint8], box: Floats) -> NDArray[np.uint8]:
    """The square around a face, 64 x 64; what lies outside the picture is repeated from its edge."""
    (x, y), side = (box[:2] + box[2:]) / 2, float(max(box[2:] - box[:2]))
    scale = 64 / side
    place = np.array([[scale, 0, 32 - x * scale], [0, scale, 32 - y * scale]])
    square = cv2.warpAffine(picture, place, (64, 64), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.cvtColor(square, cv2.COLOR_BGR2GRAY), np.uint8)


def _shown_at(grey: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(grey, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def _features(grey: NDArray[np.uint8]) -> Floats:
    small = cv2.resize(np.ascontiguousarray(grey), (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_LINEAR)
    return np.asarray(HOG.compute(small), np.float64).ravel()


if __name__ == "__main__":
    main()
