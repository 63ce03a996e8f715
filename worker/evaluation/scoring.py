"""What one photograph says for and against a detector and a classifier."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.face_sizes import FaceSize, size_of
from shared.messages import Detection, Label
from shared.model_registry import BACKGROUND, Answer
from worker.labelled_data import AnnotatedFace
from worker.matching import Found, matched


@dataclass(frozen=True)
class JudgedFace:
    """An annotated face that counts, and what was detected there."""

    label: Label
    size: FaceSize
    detection: Detection | None

    @property
    def is_rightly_labelled(self) -> bool:
        """Whether it was found and got its label."""
        return self.detection is not None and is_rightly_called(self.label, self.detection.label)


@dataclass(frozen=True)
class ScoredPhotograph:
    """The faces of a photograph that count, and what was detected where there is none."""

    faces: tuple[JudgedFace, ...]
    false: tuple[Detection, ...]

    @property
    def found(self) -> list[tuple[JudgedFace, Detection]]:
        """The faces that were found, with their detections."""
        return [(face, face.detection) for face in self.faces if face.detection is not None]

    @property
    def detections(self) -> list[Detection]:
        """All that counts of what was detected."""
        return [*(detection for _, detection in self.found), *self.false]


def scored(annotated: Sequence[AnnotatedFace], detections: Sequence[Detection]) -> ScoredPhotograph:
    """Compare what was detected in a photograph with what is annotated there."""
    indices = matched([each.box for each in annotated], detections)
    at = {index: each for each, index in zip(detections, indices, strict=True) if index is not None}
    faces = tuple(
        JudgedFace(face.label, size, at.get(index))
        for index, face in enumerate(annotated)
        if (size := size_of(face.box.width)) is not None
    )
    return ScoredPhotograph(
        faces, tuple(each for each, index in zip(detections, indices, strict=True) if index is None)
    )


def told_apart(annotated: Sequence[AnnotatedFace], faces: Sequence[Found]) -> list[tuple[float, bool]]:
    """Of what a detector alone found that counts: how sure it was, and whether it is a face."""
    indices = matched([each.box for each in annotated], faces)
    return [
        (each.face_confidence, index is not None)
        for each, index in zip(faces, indices, strict=True)
        if index is None or size_of(annotated[index].box.width) is not None
    ]


def is_right(label: Label, answer: Answer, known: Sequence[Answer]) -> bool:
    """Whether an answer is right, of a model that knows those; with no word for a label, "no worn mask" is right."""
    if label in known or answer == BACKGROUND:
        return answer == label
    return answer != Label.WITH_MASK


def is_rightly_called(label: Label, answer: Answer) -> bool:
    """As ``is_right``, whatever the model knows: models with two labels and with three can then be compared."""
    return is_right(label, answer, (Label.WITH_MASK, Label.WITHOUT_MASK))
