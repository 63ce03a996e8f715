"""Measuring against labelled data: the classifier on faces, the whole pipeline on photographs."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from shared.messages import Box, Detection, Label
from shared.model_registry import BACKGROUND, Answer
from worker.classifier import Classifier
from worker.detectors import Detector, Picture
from worker.labelled_data import AnnotatedFace, UnusableData, annotated_photographs, labelled_faces
from worker.matching import matched
from worker.offline import read_picture
from worker.pipeline import Pipeline

__all__ = ["BoxesReport", "FacesReport", "UnusableData", "evaluate_boxes", "evaluate_faces"]

FACES_A_BATCH = 64
# Face widths in pixels, from and below; smaller faces count neither for nor against a detector.
SIZES = {"24-40": (24.0, 40.0), "40-80": (40.0, 80.0), "80+": (80.0, float("inf"))}

Progress = Callable[[int, int], None]  # how many pictures are done, of how many


class _Report(BaseModel):
    model_config = ConfigDict(frozen=True)


class FacesReport(_Report):
    """The classifier on pictures that show one face each.

    ``balanced_accuracy`` is the mean of the labels' own accuracies, each label counting alike. A
    face that is taken for none is wrong. A model that does not know a label (a wrongly worn mask,
    with two labels) is right about it when it does not take it for a worn mask.
    """

    images: int
    accuracy: float
    balanced_accuracy: float
    per_label: dict[str, float]
    per_source: dict[str, float]


class Recall(_Report):
    """Annotated faces of one label and how many of them a detector found."""

    faces: int
    found: int
    recall: float


class BoxesReport(_Report):
    """Detector and classifier on annotated photographs.

    A found face overlaps its annotation by an IoU of 0.5 or more. ``rightly_labelled`` is the
    part of all annotated faces that was found and got its label; a wrongly worn mask counts as
    right when it is not taken for a worn one. Compliance is the part of faces with a mask:
    ``true_compliance`` among annotated faces, ``reported_compliance`` among all that was detected.
    """

    images: int
    faces: int
    recall: dict[str, dict[str, Recall]]  # label -> size or "all" -> recall
    rightly_labelled: dict[str, float]
    precision: float
    false_faces_per_image: float
    true_compliance: float
    reported_compliance: float
    compliance_bias: float
    milliseconds_per_image: float


def evaluate_faces(
    classifier: Classifier, data: Path, progress: Progress | None = None, detector: Detector | None = None
) -> FacesReport:
    """Judge every face of a folder (``[SOURCE/]LABEL/picture``) or of a ``manifest.csv``.

    With a detector the largest face that it finds is cut out as in a worker, since data sets mix
    wide scenes with tight crops; a picture in which it finds none is taken whole.

    Raises:
        UnusableData: there are no labelled faces.
        UnreadableSource: one of them is no picture.
    """
    faces = labelled_faces(data)
    is_right: list[bool] = []
    for start in range(0, len(faces), FACES_A_BATCH):
        batch = faces[start : start + FACES_A_BATCH]
        judgements = classifier.classify([_face_in(read_picture(face.file), classifier, detector) for face in batch])
        known = classifier.manifest.labels
        is_right += [_is_right(face.label, each.label, known) for face, each in zip(batch, judgements, strict=True)]
        if progress is not None:
            progress(len(is_right), len(faces))
    per_label = _accuracies(zip((face.label.value for face in faces), is_right, strict=True))
    return FacesReport(
        images=len(faces),
        accuracy=_share(sum(is_right), len(faces)),
        balanced_accuracy=_share(sum(per_label.values()), len(per_label)),
        per_label=per_label,
        per_source=_accuracies(zip((face.source for face in faces), is_right, strict=True)),
    )


def _face_in(picture: Picture, classifier: Classifier, detector: Detector | None) -> Picture:
    found = [] if detector is None else detector.detect(picture)
    if not found:
        return picture
    return classifier.crop(picture, max(found, key=lambda face: face.box.width * face.box.height).box)


def evaluate_boxes(pipeline: Pipeline, folder: Path, progress: Progress | None = None) -> BoxesReport:
    """Judge the photographs that a folder's ``boxes.json`` annotates, one at a time.

    Raises:
        UnusableData: there is no such file, or it is not as expected.
        UnreadableSource: one of the photographs is no picture.
    """
    photographs = annotated_photographs(folder)
    tally = _Tally()
    for number, photograph in enumerate(photographs, start=1):
        picture = read_picture(folder / photograph.image)
        started = time.monotonic()
        detections = pipeline.judge([picture])[0].detections
        tally.add(photograph.boxes, detections, time.monotonic() - started)
        if progress is not None:
            progress(number, len(photographs))
    return tally.report()


class _Tally:
    """Adds photographs up."""

    def __init__(self) -> None:
        self._images = self._false = self._detected = self._detected_masked = 0
        self._seconds = 0.0
        self._faces: Counter[tuple[Label, str]] = Counter()
        self._found: Counter[tuple[Label, str]] = Counter()
        self._right: Counter[Label] = Counter()

    def add(self, annotated: Sequence[AnnotatedFace], detections: Sequence[Detection], seconds: float) -> None:
        """Count one photograph."""
        self._images += 1
        self._seconds += seconds
        pairs = matched([each.box for each in annotated], detections)
        for face in annotated:
            if size := _size(face.box):
                self._faces[face.label, size] += 1
        for detection, index in zip(detections, pairs, strict=True):
            self._add_detection(detection, None if index is None else annotated[index])

    def report(self) -> BoxesReport:
        """The figures over all photographs."""
        of_label = {label: sum(self._faces[label, size] for size in SIZES) for label in Label}
        present = [label for label in Label if of_label[label]]
        faces = sum(of_label.values())
        true = _share(of_label[Label.WITH_MASK], faces)
        reported = _share(self._detected_masked, self._detected)
        return BoxesReport(
            images=self._images,
            faces=faces,
            recall={label.value: self._recalls(label) for label in present},
            rightly_labelled={label.value: _share(self._right[label], of_label[label]) for label in present},
            precision=_share(self._detected - self._false, self._detected),
            false_faces_per_image=_share(self._false, self._images),
            true_compliance=true,
            reported_compliance=reported,
            compliance_bias=round(reported - true, 4),
            milliseconds_per_image=round(1000 * self._seconds / self._images, 2) if self._images else 0.0,
        )

    def _add_detection(self, detection: Detection, face: AnnotatedFace | None) -> None:
        size = None if face is None else _size(face.box)
        if face is not None and size is None:
            return
        self._detected += 1
        self._detected_masked += detection.label is Label.WITH_MASK
        if face is None or size is None:
            self._false += 1
            return
        self._found[face.label, size] += 1
        # Whatever the model knows: reports of models with two labels and with three can then be compared.
        self._right[face.label] += _is_right(face.label, detection.label, (Label.WITH_MASK, Label.WITHOUT_MASK))

    def _recalls(self, label: Label) -> dict[str, Recall]:
        counts = {size: (self._faces[label, size], self._found[label, size]) for size in SIZES}
        counts["all"] = (sum(faces for faces, _ in counts.values()), sum(found for _, found in counts.values()))
        return {
            size: Recall(faces=faces, found=found, recall=_share(found, faces))
            for size, (faces, found) in counts.items()
        }


def _is_right(label: Label, answer: Answer, known: Sequence[Answer]) -> bool:
    if label in known or answer == BACKGROUND:
        return answer == label
    return answer != Label.WITH_MASK


def _size(box: Box) -> str | None:
    return next((name for name, (low, high) in SIZES.items() if low <= box.width < high), None)


def _share(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0


def _accuracies(named: Iterable[tuple[str, bool]]) -> dict[str, float]:
    answers: defaultdict[str, list[bool]] = defaultdict(list)
    for name, is_right in named:
        answers[name].append(is_right)
    return {name: _share(sum(answers[name]), len(answers[name])) for name in sorted(answers)}
