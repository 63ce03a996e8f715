"""Figures of a training, as pictures."""

from collections.abc import Callable
from pathlib import Path

import cv2
import pytest
from matplotlib.figure import Figure

from tests.trainer.report.builders import a_fitting, an_evaluation
from trainer.plots import (
    accuracy_figure,
    head_figure,
    loss_figure,
    rate_figure,
    reliability_figure,
    save_curves,
    threshold_figure,
)
from trainer.report.record import Calibration, Fitting, ThresholdSweep
from trainer.validation import History


def test_the_curves_of_a_training_are_saved_as_a_picture(tmp_path: Path) -> None:
    history = History(
        train_loss=[0.5, 0.3], train_accuracy=[0.8, 0.9], validation_loss=[0.4, 0.3],
        validation_accuracy=[0.85, 0.95], validation_balanced=[0.85, 0.95],
    )  # fmt: skip
    save_curves(history, tmp_path / "curves.png")
    picture = cv2.imread(str(tmp_path / "curves.png"))
    assert picture is not None
    assert picture.std() > 10


@pytest.mark.parametrize("draw", [accuracy_figure, loss_figure, rate_figure, head_figure])
@pytest.mark.parametrize("epochs", [1, 8])
def test_curves_name_their_axes_however_short_they_are(
    draw: Callable[[Fitting], Figure], epochs: int, tmp_path: Path
) -> None:
    figure = draw(a_fitting(epochs))
    figure.savefig(tmp_path / "figure.svg")
    assert all(axes.get_xlabel() and axes.get_ylabel() for axes in figure.axes)


def test_a_training_without_a_single_epoch_can_be_drawn(tmp_path: Path) -> None:
    accuracy_figure(Fitting()).savefig(tmp_path / "figure.svg")


def test_reliability_and_threshold_are_drawn_from_what_was_measured(tmp_path: Path) -> None:
    part = an_evaluation().parts[0]
    assert isinstance(part.calibration, Calibration)
    assert isinstance(part.threshold, ThresholdSweep)
    reliability = reliability_figure(part.calibration.before)
    assert [label.get_text().split("n=")[1] for label in reliability.axes[0].get_xticklabels()] == [
        str(each.faces) for each in part.calibration.before
    ]
    threshold_figure(part.threshold).savefig(tmp_path / "figure.svg")
