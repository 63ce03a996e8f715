"""What went wrong on a photograph, by kind, and how wrong it is."""

from dataclasses import replace

import numpy as np

from tests.trainer.detector.builders import a_page, boxes
from trainer.detector.calibration import Calibration
from trainer.detector.report.worst import judge

PLAIN = Calibration(1.0, 0.0)  # a confidence is the logistic function of the logit


def said(faces: tuple[tuple[float, float, float, float], ...], found: np.ndarray, *logits: float) -> list[str]:
    page = a_page("street", *faces)
    return [each.words for each in judge("test", page, found, np.array(logits, np.float32), PLAIN).wrong]


def test_a_face_that_is_clearly_found_is_no_mistake() -> None:
    assert said(((20, 20, 80, 90),), boxes((21, 21, 80, 90)), 3.0) == []


def test_a_missed_face_says_of_which_kind_it_is() -> None:
    (small,) = said(((20, 20, 50, 55),), boxes())
    assert small == "missed masked face of 30 px (small, the teacher does not find it either)"
    (cut,) = said(((0, 40, 60, 110),), boxes())
    assert "cut off at the edge" in cut
    (unsure,) = said(((20, 20, 80, 90),), boxes((20, 20, 80, 90)), -1.0)
    assert "found with confidence 0.27 only" in unsure


def test_a_false_face_says_what_it_may_be() -> None:
    page = replace(a_page("street", (20, 20, 60, 70)), unclear=boxes((100, 20, 150, 80)))
    found = boxes((20, 20, 60, 70), (100, 20, 150, 80), (20, 40, 60, 95))
    wrong = judge("test", page, found, np.array([3, 2, 1], np.float32), PLAIN).wrong
    assert "the teacher takes it for a face too" in wrong[0].words
    assert "at an annotated face" in wrong[1].words
    assert [round(each.weight, 2) for each in wrong] == [0.88, 0.73]


def test_what_is_too_small_counts_neither_for_nor_against() -> None:
    assert said(((20, 20, 40, 45),), boxes((100, 100, 115, 118)), 3.0) == []
