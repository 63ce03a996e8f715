"""How the figures change with the confidence from which a face counts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.messages import Detection, Label
from worker.evaluation.scoring import JudgedFace, ScoredPhotograph, is_rightly_called

Floats = NDArray[np.float64]
ANY_FACE = "any face"


@dataclass(frozen=True)
class Line:
    """``y`` over ``x`` as less and less sure faces count, and the point at which the pipeline works, if it has one."""

    name: str  # a label, or "any face"
    x: Floats
    y: Floats
    working_point: tuple[float, float] | None


@dataclass(frozen=True)
class Curves:
    """Of one detector and model.

    ``precision_recall``: for each label the share of its faces that are found and rightly called,
    and the share of what is called so that is so; for any face the detector alone.
    ``recall_at_false_faces``: for each label the share of its faces that are found, whatever they
    are called, over the false faces a photograph.
    """

    precision_recall: tuple[Line, ...]
    recall_at_false_faces: tuple[Line, ...]


def average_precision(alone: Sequence[tuple[float, bool]], faces: int) -> float | None:
    """The area below precision over recall at an IoU of 0.5, of (confidence, is a face); ``None`` without faces."""
    if not faces:
        return None
    recall, precision = _precision_recall(alone, faces)
    best_beyond = np.maximum.accumulate(precision[::-1])[::-1]
    return round(float((np.diff(recall, prepend=0.0) * best_beyond).sum()), 4)


def curves(
    working: Sequence[ScoredPhotograph], searched: Sequence[ScoredPhotograph], alone: Sequence[tuple[float, bool]]
) -> Curves:
    """The curves of what was found with hardly a threshold, with the points of what was found at the working one."""
    labels = [label for label in Label if _faces_of(searched, label)]
    faces = sum(len(each.faces) for each in searched)
    detector = Line(ANY_FACE, *_precision_recall(alone, max(faces, 1)), None)
    return Curves(
        (*(_label_line(working, searched, label) for label in labels if _called(searched, label)), detector),
        tuple(_recall_line(working, searched, label) for label in labels),
    )


def _precision_recall(alone: Sequence[tuple[float, bool]], faces: int) -> tuple[Floats, Floats]:
    """Recall and precision, each with one value for each confidence."""
    is_face = np.array([hit for _, hit in sorted(alone, key=lambda each: -each[0])], bool)
    found = is_face.cumsum()
    return found / faces, found / np.arange(1, len(found) + 1)


def _label_line(working: Sequence[ScoredPhotograph], searched: Sequence[ScoredPhotograph], label: Label) -> Line:
    recall, precision = _label_points(searched, label)
    at_work = [(float(each[-1])) for each in _label_points(working, label) if len(each)]
    return Line(label.value, recall, precision, (at_work[0], at_work[1]) if at_work else None)


def _label_points(photographs: Sequence[ScoredPhotograph], label: Label) -> tuple[Floats, Floats]:
    called = sorted(_called(photographs, label), key=lambda each: -each[1].face_confidence)
    is_right = np.array([face is not None and is_rightly_called(face.label, label) for face, _ in called], bool)
    # A wrongly worn mask that is called bare is right, and yet no bare face that was found.
    is_own = np.array([face is not None and face.label is label for face, _ in called], bool)
    return is_own.cumsum() / _faces_of(photographs, label), is_right.cumsum() / np.arange(1, len(called) + 1)


def _called(photographs: Sequence[ScoredPhotograph], label: Label) -> list[tuple[JudgedFace | None, Detection]]:
    """What was called so, and the face that it is."""
    found = [pair for each in photographs for pair in each.found if pair[1].label is label]
    return [*found, *((None, false) for each in photographs for false in each.false if false.label is label)]


def _recall_line(working: Sequence[ScoredPhotograph], searched: Sequence[ScoredPhotograph], label: Label) -> Line:
    found, false = _confidences(searched, label)
    steps = np.unique(np.concatenate([found, false]))[::-1]
    at_work = tuple(len(each) for each in _confidences(working, label))
    faces = _faces_of(searched, label)
    return Line(
        label.value,
        _at_least(false, steps) / len(searched),
        _at_least(found, steps) / faces,
        (at_work[1] / len(working), at_work[0] / faces),
    )


def _confidences(photographs: Sequence[ScoredPhotograph], label: Label) -> tuple[Floats, Floats]:
    """Of the label's faces that were found, and of all false faces."""
    found = [at.face_confidence for each in photographs for face, at in each.found if face.label is label]
    false = [each.face_confidence for photograph in photographs for each in photograph.false]
    return np.array(found, float), np.array(false, float)


def _at_least(confidences: Floats, steps: Floats) -> NDArray[np.int64]:
    """How many confidences reach each step."""
    return len(confidences) - np.searchsorted(np.sort(confidences), steps, side="left")


def _faces_of(photographs: Sequence[ScoredPhotograph], label: Label) -> int:
    return sum(face.label is label for each in photographs for face in each.faces)
