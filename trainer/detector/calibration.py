"""From logits to confidences: 0.6 is where a face is clear enough to begin a track."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from shared.messages import Label
from trainer.detector.measuring import MIN_WIDTH_PX, Findings
from trainer.detector.settings import ModelPrecision

CLEAR = 0.6  # the confidence of
FALSE_FACES_WHEN_CLEAR = 0.25  # the logit that gives at most so many false faces a photograph
LEAST_LOGIT = -2.5
INTEGER_MARGIN = 0.01  # of recall, that an integer network may lose to be chosen


@dataclass(frozen=True)
class Calibration:
    """A confidence is the logistic function of ``logit * slope + offset``."""

    slope: float
    offset: float

    def logit(self, confidence: float) -> float:
        """The logit that has a confidence."""
        return (_odds(confidence) - self.offset) / self.slope


def calibrate(findings: Findings) -> Calibration:
    """Fit the slope to what is and what is no face, and set the offset by the false faces at ``CLEAR``."""
    false = findings.false_at
    clear = max(findings.score_at(FALSE_FACES_WHEN_CLEAR), LEAST_LOGIT)
    true = findings.found_at[(findings.widths >= MIN_WIDTH_PX) & np.isfinite(findings.found_at)]
    slope = _slope(np.concatenate([true, false]), np.repeat([1.0, 0.0], [len(true), len(false)]))
    return Calibration(slope, _odds(CLEAR) - slope * clear)


def chosen_precision(
    findings: Mapping[ModelPrecision, Findings], wanted: Literal["best"] | ModelPrecision
) -> ModelPrecision:
    """The integer file, which is the faster, unless it finds fewer faces at as many false ones."""
    if wanted != "best":
        return wanted
    return "int8" if _recall(findings["int8"]) >= _recall(findings["float16"]) - INTEGER_MARGIN else "float16"


def _recall(findings: Findings) -> float:
    score = findings.score_at(FALSE_FACES_WHEN_CLEAR)
    return (findings.recall(Label.WITH_MASK, "all", score) + findings.recall(Label.WITHOUT_MASK, "all", score)) / 2


def _slope(logits: NDArray[np.float32], is_face: NDArray[np.float64]) -> float:
    if not len(logits):  # of a network that finds nothing at all
        return 1.0

    def surprise(line: NDArray[np.float64]) -> float:
        odds = logits * np.exp(line[0]) + line[1]
        return float((np.logaddexp(0, odds) - is_face * odds).mean())

    return float(np.exp(minimize(surprise, np.zeros(2), method="Nelder-Mead").x[0]))


def _odds(confidence: float) -> float:
    return float(np.log(confidence / (1 - confidence)))
