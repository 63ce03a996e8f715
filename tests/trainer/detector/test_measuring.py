import numpy as np
import pytest

from shared.messages import Label
from tests.trainer.detector.builders import a_page, boxes
from trainer.detector.calibration import (
    CLEAR,
    FALSE_FACES_WHEN_CLEAR,
    FALSE_FACES_WHEN_REPORTED,
    REPORTED,
    calibrate,
)
from trainer.detector.measuring import Findings, interval, measure


def test_each_face_is_found_once_and_everything_else_is_false() -> None:
    page = a_page("street", (10, 10, 40, 40), (80, 80, 120, 120))
    found = boxes((11, 10, 41, 40), (12, 12, 42, 42), (50, 0, 80, 30), (0, 90, 12, 102))
    findings = measure(lambda _: (found, np.array([3, 2, 1, 0], np.float32)), [page])
    assert findings.counts(Label.WITH_MASK, size="all", score=-10) == (2, 1)
    assert findings.recall(Label.WITH_MASK, size="24-40", score=2.5) == 1
    assert findings.recall(Label.WITH_MASK, size="24-40", score=3.5) == 0
    assert findings.false_faces(-10) == 2  # the second box of one face; a small one counts for nothing


def test_confidence_rises_with_the_logit_and_is_clear_where_false_faces_are_few() -> None:
    rng = np.random.default_rng(1)
    faces, false = rng.normal(2, 1, 300).astype(np.float32), rng.normal(-2, 1, 300).astype(np.float32)
    findings = Findings(100, faces, np.full(300, 50, np.float32), np.zeros(300, np.int8), false)
    calibration = calibrate(findings)
    assert calibration.slope > 0
    assert findings.false_faces(calibration.logit(CLEAR) + 1e-4) <= FALSE_FACES_WHEN_CLEAR
    assert findings.false_faces(calibration.logit(REPORTED) + 1e-4) <= FALSE_FACES_WHEN_REPORTED
    assert calibration.logit(0.9) > calibration.logit(CLEAR)


@pytest.mark.parametrize(("found", "faces"), [(0, 0), (0, 5), (5, 5), (90, 100)])
def test_an_interval_holds_its_share(found: int, faces: int) -> None:
    low, high = interval(found, faces)
    assert 0 <= low <= (found / faces if faces else 0.5) <= high <= 1
