"""Figures of judged faces."""

from pathlib import Path

import numpy as np
import pytest

from shared.messages import Label
from trainer.crops import Crop
from trainer.data_set import Face
from trainer.evaluation import Judged, breakdown, figures, fit_temperature, interval

BARE, MASKED, INCORRECT = Label.WITHOUT_MASK, Label.WITH_MASK, Label.INCORRECT_MASK


def judged(truth: Label, masked: float, source: str = "gate", width: float = 50) -> Judged:
    """A face of label ``truth`` which the network calls masked with probability ``masked``."""
    crop = Crop(Face(Path("a.jpg"), source, truth, "1"), np.zeros((4, 4, 3), np.uint8), width)
    return Judged(crop, np.array([masked, 1 - masked], np.float32))


def test_labels_weigh_the_same_in_balanced_accuracy() -> None:
    found = figures([judged(MASKED, 0.9)] * 8 + [judged(BARE, 0.1), judged(BARE, 0.8)])
    assert found["accuracy"] == pytest.approx(0.9)
    assert found["balanced_accuracy"] == pytest.approx(0.75)
    assert found["without_mask_as_with_mask"] == 1


def test_masks_worn_incorrectly_are_counted_apart() -> None:
    found = figures([judged(MASKED, 0.9), judged(BARE, 0.1), judged(INCORRECT, 0.2), judged(INCORRECT, 0.7)])
    assert found["accuracy"] == 1
    assert (found["incorrect_mask_as_without_mask"], found["incorrect_mask_faces"]) == (1, 2)


def test_a_label_without_faces_has_no_accuracy() -> None:
    found = figures([judged(MASKED, 0.9)])
    assert "balanced_accuracy" not in found
    assert "without_mask_accuracy" not in found


def test_a_part_is_broken_down_by_source_and_size() -> None:
    found = breakdown(
        "test", [judged(MASKED, 0.9, "gate", 20), judged(BARE, 0.1, "hall", 30), judged(BARE, 0.9, "hall", 90)]
    )
    assert {name: each["faces"] for name, each in found.items()} == {
        "test": 3,
        "test/gate": 1,
        "test/hall": 2,
        "test/24+ px": 2,
        "test/0-24 px": 1,
        "test/24-40 px": 1,
        "test/80+ px": 1,
    }


def test_the_interval_holds_the_share_and_narrows_with_more_faces() -> None:
    few, many = interval(9, 10), interval(900, 1000)
    assert few[0] < 0.9 < few[1]
    assert many[1] - many[0] < few[1] - few[0]
    assert interval(10, 10)[1] == pytest.approx(1)


def test_an_overconfident_network_gets_a_temperature_above_one() -> None:
    sure = [judged(MASKED, 0.99)] * 8 + [judged(BARE, 0.99)] * 2
    assert fit_temperature(sure) > 1.5
    modest = [judged(MASKED, 0.7)] * 99 + [judged(BARE, 0.7)]
    assert fit_temperature(modest) < 0.7
