"""From logits to confidences: 0.5 is where a face is reported, 0.6 where it is clear enough to begin a track."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from shared.messages import Label
from trainer.detector.measuring import Findings
from trainer.detector.settings import ModelPrecision

# Two marks make the scale, each the confidence of the logit with at most so many false faces a photograph. A
# face is reported from the first on; from the second on it is clear enough to begin a track. In between it
# keeps a track alive, so recall does not wait for what a single false face would cost.
REPORTED, FALSE_FACES_WHEN_REPORTED = 0.5, 0.35
CLEAR, FALSE_FACES_WHEN_CLEAR = 0.6, 0.1
LEAST_APART = 0.1  # logits, so that few false faces make no cliff of the scale
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
    """The scale with ``REPORTED`` and ``CLEAR`` at their marks."""
    reported = max(findings.score_at(FALSE_FACES_WHEN_REPORTED), LEAST_LOGIT)
    clear = max(findings.score_at(FALSE_FACES_WHEN_CLEAR), reported + LEAST_APART)
    slope = (_odds(CLEAR) - _odds(REPORTED)) / (clear - reported)
    return Calibration(slope, _odds(REPORTED) - slope * reported)


def chosen_precision(
    findings: Mapping[ModelPrecision, Findings], wanted: Literal["best"] | ModelPrecision
) -> ModelPrecision:
    """The integer file, which is the faster, unless it finds fewer faces at as many false ones."""
    if wanted != "best":
        return wanted
    return "int8" if _recall(findings["int8"]) >= _recall(findings["float16"]) - INTEGER_MARGIN else "float16"


def _recall(findings: Findings) -> float:
    score = findings.score_at(FALSE_FACES_WHEN_REPORTED)
    return (findings.recall(Label.WITH_MASK, "all", score) + findings.recall(Label.WITHOUT_MASK, "all", score)) / 2


def _odds(confidence: float) -> float:
    return float(np.log(confidence / (1 - confidence)))
