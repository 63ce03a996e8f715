"""Pictures of how a training went."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from trainer.validation import History


def save_curves(history: History, path: Path) -> None:
    """Draw accuracy and loss over the epochs, training and validation, and mark the epoch that was kept."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    accuracy, loss = figure.subplots(1, 2)
    _draw(accuracy, "accuracy", history, (history.train_accuracy, history.validation_accuracy))
    _draw(loss, "loss", history, (history.train_loss, history.validation_loss))
    figure.savefig(path, dpi=80)


def _draw(axes: Axes, name: str, history: History, curves: tuple[Sequence[float], Sequence[float]]) -> None:
    epochs = range(1, len(curves[0]) + 1)
    for label, values in zip(("training (augmented)", "validation"), curves, strict=True):
        axes.plot(epochs, values, marker="o", markersize=3, label=label)
    axes.axvline(history.best_epoch + 1, color="grey", linestyle=":", label="kept")
    axes.set_xlabel("epoch of fine-tuning")
    axes.set_ylabel(name)
    axes.legend()
