"""Detectors and models side by side on annotated photographs."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from worker.annotated_photographs import annotated_photographs, read_photograph
from worker.classifier import Classifier
from worker.detectors import Detector, Each, FaceBox, Part, Picture, Size
from worker.detectors.detector import one_by_one
from worker.evaluation.curves import Curves, average_precision, curves
from worker.evaluation.figures import Outcome, boxes_report
from worker.evaluation.record import BoxesReport, Progress
from worker.evaluation.scoring import ScoredPhotograph, scored, told_apart
from worker.evaluation.subject import Subject
from worker.labelled_data import AnnotatedFace, UnusableData
from worker.pipeline import Pipeline


@dataclass(frozen=True)
class Evaluation:
    """What was found of one subject; no curves where nothing below its working point was looked for."""

    report: BoxesReport
    curves: Curves | None


def evaluate_boxes(pipeline: Pipeline, folder: Path, progress: Progress | None = None) -> BoxesReport:
    """Judge the photographs that a folder annotates, one at a time; see ``annotated_photographs`` for what it holds.

    Raises:
        UnusableData: its annotations are not as expected, or none of its files is a picture.
    """
    return evaluate_side_by_side([Subject(pipeline)], folder, progress)[0].report


def evaluate_side_by_side(
    subjects: Sequence[Subject], folder: Path, progress: Progress | None = None
) -> list[Evaluation]:
    """Let all subjects judge each photograph of a folder, one after the other; in the order of the subjects.

    Files that are no pictures are passed over and named in the reports.

    Raises:
        UnusableData: the annotations are not as expected, or none of the files is a picture.
    """
    annotated = annotated_photographs(folder)
    unreadable = list(annotated.unreadable)
    tallies = [_Tally(subject) for subject in subjects]
    for number, photograph in enumerate(annotated.photographs, start=1):
        picture = read_photograph(folder / photograph.image)
        if picture is None:
            unreadable.append(photograph.image)
        else:
            for tally in tallies:
                tally.add(picture, photograph.boxes)
        if progress is not None:
            progress(number, len(annotated.photographs))
    if len(unreadable) == len(annotated.photographs) + len(annotated.unreadable):
        raise UnusableData(f"none of the annotated files in {folder} is a picture that can be read: {unreadable[0]}")
    return [tally.evaluation(tuple(unreadable)) for tally in tallies]


class _Remembering:
    """A detector that keeps what it found last, since the pipeline keeps only what the classifier takes for faces."""

    def __init__(self, detector: Detector) -> None:
        self.name = detector.name
        self.found: list[FaceBox] = []
        self._detector = detector

    def detect(self, picture: Picture, whole: Size | None = None) -> list[FaceBox]:
        self.found = self._detector.detect(picture, whole)
        return self.found

    def detect_each(self, parts: Sequence[Part], each: Each) -> list[list[FaceBox]]:
        return one_by_one(self, parts, each)


class _Search:
    """What a subject finds with hardly a threshold: with its classifier, and its detector alone."""

    def __init__(self, detector: Detector, classifier: Classifier) -> None:
        self.photographs: list[ScoredPhotograph] = []
        self.alone: list[tuple[float, bool]] = []
        self._detector = _Remembering(detector)
        self._pipeline = Pipeline(self._detector, classifier, time.monotonic, threads=1)

    def add(self, picture: Picture, annotated: Sequence[AnnotatedFace]) -> None:
        """Judge one photograph."""
        self.photographs.append(scored(annotated, self._pipeline.judge([picture])[0].detections))
        self.alone += told_apart(annotated, self._detector.found)


class _Tally:
    """Adds up what one subject makes of each photograph."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._photographs: list[ScoredPhotograph] = []
        self._detect_s: list[float] = []
        self._everything_s: list[float] = []
        searching, classifier = subject.searching, subject.pipeline.classifier
        self._search = None if searching is None else _Search(searching, classifier)

    def add(self, picture: Picture, annotated: Sequence[AnnotatedFace]) -> None:
        """Judge one photograph."""
        started = time.monotonic()
        judged = self._subject.pipeline.judge([picture])[0]
        self._everything_s.append(time.monotonic() - started)
        self._detect_s.append(judged.stage_seconds["detect"])
        self._photographs.append(scored(annotated, judged.detections))
        if self._search is not None:
            self._search.add(picture, annotated)

    def evaluation(self, unreadable: tuple[str, ...]) -> Evaluation:
        """The figures over all photographs."""
        search, faces = self._search, sum(len(each.faces) for each in self._photographs)
        outcome = Outcome(
            photographs=self._photographs,
            detect_s=self._detect_s,
            everything_s=self._everything_s,
            threads=self._subject.pipeline.threads,
            measured=self._subject.measured,
            average_precision=None if search is None else average_precision(search.alone, faces),
            unreadable=unreadable,
        )
        drawn = None if search is None else curves(self._photographs, search.photographs, search.alone)
        return Evaluation(boxes_report(outcome), drawn)
