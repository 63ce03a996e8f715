"""What stands behind a trial's figures: recall over false faces, recall at equal ones, and honest confidences."""

from math import isfinite

import numpy as np
from numpy.typing import NDArray

from shared.messages import Label
from trainer.detector.calibration import Calibration
from trainer.detector.figures import figures
from trainer.detector.measuring import MIN_WIDTH_PX, Findings, interval
from trainer.detector.report.record import TrialReport
from trainer.detector.trials import Trial
from trainer.report.record import Bin

POINTS = 40  # of a curve
MOST_FALSE_FACES = 1.0  # a photograph, that a curve shows
BIN_EDGES = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 1.0)
LEAST_SCORE = -1e9  # below every score; minus infinity would count what was not found at all


def trial_report(trial: Trial, equal_false_faces: float) -> TrialReport:
    """A trial as values."""
    found = trial.findings
    scores = _scores(found)
    return TrialReport(
        detector=trial.detector,
        part=trial.part,
        precision=trial.precision,
        zoom=trial.zoom,
        score=trial.score,
        figures=trial.figures,
        equal=figures(found, trial.milliseconds, equal_score(found, equal_false_faces)),
        false_faces=tuple(found.false_faces(score) for score in scores),
        recall={label: tuple(found.recall(label, "all", score) for score in scores) for label in Label},
    )


def equal_score(found: Findings, false_faces: float) -> float:
    """The least score with at most so many false faces a photograph, as a number."""
    return max(found.score_at(false_faces), LEAST_SCORE)


def mean_recall(trial: Trial, false_faces: float) -> float:
    """Of masked and bare faces, at so many false faces a photograph."""
    score = equal_score(trial.findings, false_faces)
    recalls = [trial.findings.recall(label, "all", score) for label in (Label.WITH_MASK, Label.WITHOUT_MASK)]
    return sum(recalls) / len(recalls)


def bins_of(trial: Trial, calibration: Calibration) -> tuple[Bin, ...]:
    """The boxes by confidence, and which share of them is a face."""
    found = trial.findings
    faces = found.found_at[(found.widths >= MIN_WIDTH_PX) & np.isfinite(found.found_at)]
    is_face = np.repeat([True, False], [len(faces), len(found.false_at)])
    odds = np.concatenate([faces, found.false_at]) * calibration.slope + calibration.offset
    confidences = 1 / (1 + np.exp(-odds.astype(np.float64)))
    numbers = np.clip(np.digitize(confidences, BIN_EDGES) - 1, 0, len(BIN_EDGES) - 2)
    return tuple(_bin(int(number), confidences, is_face, numbers == number) for number in np.unique(numbers))


def _bin(number: int, confidences: NDArray[np.float64], is_face: NDArray[np.bool_], own: NDArray[np.bool_]) -> Bin:
    boxes, faces = int(own.sum()), int(is_face[own].sum())
    low, high = interval(faces, boxes)
    return Bin(
        low=BIN_EDGES[number],
        high=BIN_EDGES[number + 1],
        faces=boxes,
        confidence=float(confidences[own].mean()),
        accuracy=faces / boxes,
        accuracy_low=low,
        accuracy_high=high,
    )


def _scores(found: Findings) -> list[float]:
    """From no false face to as many as a curve shows, evenly."""
    wanted = np.linspace(0, MOST_FALSE_FACES, POINTS + 1)
    scores = [equal_score(found, float(each)) for each in wanted]
    return [score for score in dict.fromkeys(scores) if isfinite(score)]
