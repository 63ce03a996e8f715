"""The classifier on pictures that show one face each."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from worker.classifier import Classifier
from worker.detectors import Detector, Picture
from worker.evaluation.record import Progress, Report, share
from worker.evaluation.scoring import is_right
from worker.labelled_data import labelled_faces
from worker.offline import read_picture

FACES_A_BATCH = 64


class FacesReport(Report):
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
    answers: list[bool] = []
    for start in range(0, len(faces), FACES_A_BATCH):
        batch = faces[start : start + FACES_A_BATCH]
        judgements = classifier.classify([_face_in(read_picture(face.file), classifier, detector) for face in batch])
        known = classifier.manifest.labels
        answers += [is_right(face.label, each.label, known) for face, each in zip(batch, judgements, strict=True)]
        if progress is not None:
            progress(len(answers), len(faces))
    per_label = _accuracies(zip((face.label.value for face in faces), answers, strict=True))
    return FacesReport(
        images=len(faces),
        accuracy=share(sum(answers), len(faces)),
        balanced_accuracy=share(sum(per_label.values()), len(per_label)),
        per_label=per_label,
        per_source=_accuracies(zip((face.source for face in faces), answers, strict=True)),
    )


def _face_in(picture: Picture, classifier: Classifier, detector: Detector | None) -> Picture:
    found = [] if detector is None else detector.detect(picture)
    if not found:
        return picture
    return classifier.crop(picture, max(found, key=lambda face: face.box.width * face.box.height).box)


def _accuracies(named: Iterable[tuple[str, bool]]) -> dict[str, float]:
    answers: defaultdict[str, list[bool]] = defaultdict(list)
    for name, answer in named:
        answers[name].append(answer)
    return {name: share(sum(answers[name]), len(answers[name])) for name in sorted(answers)}
