"""What a report computes from answers."""

import numpy as np
import pytest

from shared.messages import Label
from shared.model_registry import BACKGROUND, Answer
from trainer.report.measures import Answers, bare_share, calibration, confusion, part_report, threshold_sweep, worst

BARE, MASKED, INCORRECT = Label.WITHOUT_MASK, Label.WITH_MASK, Label.INCORRECT_MASK
TWO: tuple[Answer, ...] = (MASKED, BARE)
FOUR: tuple[Answer, ...] = (MASKED, BARE, INCORRECT, BACKGROUND)


def two(*faces: tuple[Answer, float]) -> Answers:
    """Faces as label and probability of a mask."""
    rows = [[masked, 1 - masked] for _, masked in faces]
    return Answers(TWO, np.array(rows, np.float32).reshape(-1, 2), [truth for truth, _ in faces])


def four(*faces: tuple[Answer, int]) -> Answers:
    """Faces as label and the number of the answer that they are given."""
    rows = [np.where(np.arange(4) == given, 0.7, 0.1) for _, given in faces]
    return Answers(FOUR, np.array(rows, np.float32), [truth for truth, _ in faces])


def test_the_confusion_has_a_row_for_each_label_that_occurs_and_a_column_for_each_answer() -> None:
    found = confusion(two((MASKED, 0.9), (MASKED, 0.2), (BARE, 0.1), (INCORRECT, 0.3)))
    assert (found.truths, found.answers) == ((MASKED, BARE, INCORRECT), TWO)
    assert found.counts == ((1, 1), (0, 1), (0, 1))


def test_a_wrongly_worn_mask_is_bare_to_a_network_that_does_not_know_it() -> None:
    assert two((INCORRECT, 0.2), (INCORRECT, 0.8)).is_right.tolist() == [True, False]
    assert four((INCORRECT, 2), (INCORRECT, 1)).is_right.tolist() == [True, False]


def test_a_false_face_is_right_only_where_the_network_can_refuse_it() -> None:
    assert four((BACKGROUND, 3), (BACKGROUND, 0)).is_right.tolist() == [True, False]
    assert two((BACKGROUND, 0.9)).is_right.tolist() == [False]


def test_dividing_by_a_temperature_makes_an_overconfident_network_honest() -> None:
    sure = [(MASKED, 0.999)] * 80 + [(BARE, 0.999)] * 20
    found = calibration(two(*sure), temperature=5)
    assert found is not None
    assert found.error_before == pytest.approx(0.199, abs=1e-3)
    assert found.error_after < 0.01
    assert found.log_loss_after < found.log_loss_before


def test_each_bin_knows_its_faces_and_how_many_of_them_are_right() -> None:
    found = calibration(two((MASKED, 0.55), (MASKED, 0.45), (MASKED, 1.0), (INCORRECT, 1.0)), temperature=1)
    assert found is not None
    assert [(each.low, each.faces, each.accuracy) for each in found.before] == [(0.5, 2, 0.5), (0.99, 1, 1.0)]
    assert all(each.accuracy_low <= each.accuracy <= each.accuracy_high + 1e-9 for each in found.before)


def test_the_best_threshold_is_where_masked_and_bare_faces_part() -> None:
    found = threshold_sweep(two((MASKED, 0.9), (MASKED, 0.8), (BARE, 0.6), (BARE, 0.65)), temperature=1)
    assert found is not None
    assert 0.2 < found.best <= 0.34
    assert (found.best_balanced_accuracy, found.used_balanced_accuracy) == (1.0, 0.5)


def test_of_equally_good_thresholds_the_nearest_to_the_one_in_use_is_named() -> None:
    found = threshold_sweep(two((MASKED, 0.99), (BARE, 0.01)), temperature=1)
    assert found is not None
    assert found.best == 0.5


def test_what_else_a_network_knows_does_not_move_the_threshold() -> None:
    answers = Answers(FOUR, np.array([[0.3, 0.1, 0.2, 0.4]], np.float32), [MASKED])
    assert bare_share(answers, 1) == pytest.approx([0.25])


def test_without_masked_or_bare_faces_there_is_no_threshold() -> None:
    assert threshold_sweep(two((MASKED, 0.9)), 1) is None


def test_a_part_without_faces_has_nothing_to_measure() -> None:
    found = part_report("test", two(), 1)
    assert (found.faces, found.calibration, found.threshold) == (0, None, None)


def test_the_surest_wrong_answers_come_first() -> None:
    answers = two((MASKED, 0.4), (BARE, 0.99), (MASKED, 0.9), (INCORRECT, 0.7))
    assert worst(answers, limit=2) == [1, 3]
    assert worst(answers, limit=9) == [1, 3, 0]
