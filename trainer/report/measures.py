"""What a report says about answers, computed from arrays alone: confusion, calibration, threshold, mistakes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.messages import Label
from shared.model_registry import BACKGROUND, Answer
from trainer.evaluation import interval
from trainer.report.record import Bin, Calibration, Confusion, PartReport, ThresholdSweep

# Most answers are sure ones, hence the narrow bins at the upper end.
BIN_EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)
THRESHOLDS = np.round(np.linspace(0.02, 0.98, 49), 2)
USED_THRESHOLD = 0.5
LEAST_PROBABILITY = 1e-7  # a softmax may round to zero, which has no logarithm
ORDER: tuple[Answer, ...] = (*Label, BACKGROUND)

Floats = NDArray[np.floating]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Answers:
    """What a network said of the faces of one part, one row a face."""

    labels: tuple[Answer, ...]  # of the network's outputs, in their order
    probabilities: Floats  # [n, labels], uncalibrated
    truths: Sequence[Answer]  # [n]; may hold labels that the network does not know

    @property
    def given(self) -> NDArray[np.intp]:
        """The number of each face's answer [n]."""
        return np.asarray(self.probabilities.argmax(axis=1), np.intp)

    @property
    def expected(self) -> NDArray[np.intp]:
        """The number of each face's right answer [n]; -1 where the network has none for it.

        To a network that knows no wrongly worn masks they are bare faces.
        """
        return np.array([self._number(truth) for truth in self.truths], np.intp).reshape(-1)

    @property
    def is_right(self) -> Bools:
        """Whether each answer is right [n]."""
        return np.asarray(self.given == self.expected, bool)

    def only(self, chosen: Bools) -> "Answers":
        """The chosen faces' answers."""
        truths = [truth for truth, is_chosen in zip(self.truths, chosen, strict=True) if is_chosen]
        return Answers(self.labels, self.probabilities[chosen], truths)

    def _number(self, truth: Answer) -> int:
        if truth not in self.labels and truth == Label.INCORRECT_MASK:
            truth = Label.WITHOUT_MASK
        return self.labels.index(truth) if truth in self.labels else -1


def part_report(part: str, answers: Answers, temperature: float) -> PartReport:
    """All that stands behind a part's figures."""
    return PartReport(
        part=part,
        faces=len(answers.truths),
        confusion=confusion(answers),
        calibration=calibration(answers, temperature),
        threshold=threshold_sweep(answers, temperature),
    )


def confusion(answers: Answers) -> Confusion:
    """Labels by answers, as counts."""
    truths = tuple(label for label in ORDER if label in set(answers.truths))
    counts = np.zeros((len(truths), len(answers.labels)), np.int64)
    for truth, given in zip(answers.truths, answers.given, strict=True):
        counts[truths.index(truth), given] += 1
    return Confusion(truths=truths, answers=answers.labels, counts=tuple(map(tuple, counts.tolist())))


def calibrated(probabilities: Floats, temperature: float) -> Floats:
    """The probabilities as workers report them (see ``shared.model_registry.Manifest``)."""
    sharpened = np.maximum(probabilities.astype(np.float64), LEAST_PROBABILITY) ** (1 / temperature)
    return np.asarray(sharpened / sharpened.sum(axis=1, keepdims=True))


def calibration(answers: Answers, temperature: float) -> Calibration | None:
    """Reliability of the confidences; faces whose label the network does not know are left out."""
    known = answers.only(np.array([truth in answers.labels for truth in answers.truths], bool))
    if not len(known.truths):
        return None
    before, after = calibrated(known.probabilities, 1), calibrated(known.probabilities, temperature)
    bins_before, bins_after = _bins(before, known.is_right), _bins(after, known.is_right)
    return Calibration(
        temperature=temperature,
        before=bins_before,
        after=bins_after,
        error_before=_calibration_error(bins_before),
        error_after=_calibration_error(bins_after),
        log_loss_before=_log_loss(before, known.expected),
        log_loss_after=_log_loss(after, known.expected),
    )


def threshold_sweep(answers: Answers, temperature: float) -> ThresholdSweep | None:
    """Balanced accuracy of bare against masked faces over the calibrated probability of being bare.

    That is the bare probability's share of both, so that 0.5 is where the answer turns, whatever
    else the network knows.
    """
    truths = np.array([str(truth) for truth in answers.truths])
    is_bare, is_masked = truths == Label.WITHOUT_MASK, truths == Label.WITH_MASK
    if not (is_bare.any() and is_masked.any() and {Label.WITH_MASK, Label.WITHOUT_MASK} <= set(answers.labels)):
        return None
    share = bare_share(answers, temperature)
    curve = [_balanced(share, is_bare, is_masked, threshold) for threshold in THRESHOLDS]
    best = _nearest_best(curve)
    return ThresholdSweep(
        thresholds=tuple(THRESHOLDS.tolist()),
        balanced_accuracy=tuple(curve),
        best=float(THRESHOLDS[best]),
        best_balanced_accuracy=curve[best],
        used=USED_THRESHOLD,
        used_balanced_accuracy=_balanced(share, is_bare, is_masked, USED_THRESHOLD),
    )


def bare_share(answers: Answers, temperature: float) -> Floats:
    """How likely each face is bare rather than masked [n]."""
    given = calibrated(answers.probabilities, temperature)
    bare, masked = (given[:, answers.labels.index(label)] for label in (Label.WITHOUT_MASK, Label.WITH_MASK))
    return np.asarray(bare / (bare + masked))


def worst(answers: Answers, limit: int) -> list[int]:
    """The rows of the surest wrong answers, surest first."""
    confidence = answers.probabilities.max(axis=1)
    wrong = np.flatnonzero(~answers.is_right & (answers.expected >= 0))
    return [int(row) for row in sorted(wrong, key=lambda row: -confidence[row])[:limit]]


def _bins(probabilities: Floats, is_right: Bools) -> tuple[Bin, ...]:
    confidence = probabilities.max(axis=1)
    numbers = np.clip(np.digitize(confidence, BIN_EDGES) - 1, 0, len(BIN_EDGES) - 2)
    return tuple(_bin(int(number), confidence, is_right, numbers == number) for number in np.unique(numbers))


def _bin(number: int, confidence: Floats, is_right: Bools, members: Bools) -> Bin:
    faces, right = int(members.sum()), int(is_right[members].sum())
    low, high = interval(right, faces)
    return Bin(
        low=BIN_EDGES[number],
        high=BIN_EDGES[number + 1],
        faces=faces,
        confidence=float(confidence[members].mean()),
        accuracy=right / faces,
        accuracy_low=low,
        accuracy_high=high,
    )


def _calibration_error(bins: tuple[Bin, ...]) -> float:
    faces = sum(each.faces for each in bins)
    return sum(each.faces * abs(each.confidence - each.accuracy) for each in bins) / faces


def _log_loss(probabilities: Floats, expected: NDArray[np.intp]) -> float:
    chosen = probabilities[np.arange(len(expected)), expected]
    return float(-np.log(np.maximum(chosen, LEAST_PROBABILITY)).mean())


def _balanced(share: Floats, is_bare: Bools, is_masked: Bools, threshold: float) -> float:
    called_bare = share >= threshold
    return float((called_bare[is_bare].mean() + (~called_bare[is_masked]).mean()) / 2)


def _nearest_best(curve: Sequence[float]) -> int:
    """The best threshold; of several equally good ones the nearest to the one in use."""
    best = np.flatnonzero(np.isclose(curve, max(curve)))
    return int(min(best, key=lambda index: abs(THRESHOLDS[index] - USED_THRESHOLD)))
