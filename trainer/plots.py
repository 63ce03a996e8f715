"""Pictures of how a training went and of what its network is worth."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from trainer.report.record import Bin, Fitting, ThresholdSweep
from trainer.validation import History

INK, SOFT = "#1b1f24", "#8a929c"
FIRST, SECOND = "#2563a8", "#c2570c"  # told apart in grey print too, where their markers differ
PANEL_INCHES = (4.6, 3.1)  # readable on a phone, two beside each other on a page


def save_curves(history: History, path: Path) -> None:
    """Draw accuracy and loss over the epochs, training and validation, and mark the epoch that was kept."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    accuracy, loss = figure.subplots(1, 2)
    kept = history.best_epoch + 1
    _draw_curves(accuracy, "accuracy", (history.train_accuracy, history.validation_accuracy), kept)
    _draw_curves(loss, "loss", (history.train_loss, history.validation_loss), kept)
    figure.savefig(path, dpi=80)


def accuracy_figure(fitting: Fitting) -> Figure:
    """Accuracy over the epochs of fine-tuning."""
    figure, axes = panel()
    _draw_curves(axes, "accuracy", (fitting.train_accuracy, fitting.validation_accuracy), fitting.best_epoch)
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    return figure


def loss_figure(fitting: Fitting) -> Figure:
    """Loss over the epochs of fine-tuning."""
    figure, axes = panel()
    _draw_curves(axes, "loss", (fitting.train_loss, fitting.validation_loss), fitting.best_epoch)
    return figure


def rate_figure(fitting: Fitting) -> Figure:
    """The learning rate over the epochs of fine-tuning."""
    figure, axes = panel()
    _draw_line(axes, fitting.learning_rate, "learning rate", FIRST, "o")
    axes.set_xlabel("epoch of fine-tuning")
    axes.set_ylabel("learning rate")
    axes.ticklabel_format(axis="y", style="sci", scilimits=(0, 0))
    return figure


def head_figure(fitting: Fitting) -> Figure:
    """Loss of the head on the frozen trunk, over its epochs."""
    figure, axes = panel()
    _draw_line(axes, fitting.head_loss, "loss", FIRST, "o")
    axes.set_xlabel("epoch of the head")
    axes.set_ylabel("loss")
    return figure


def reliability_figure(bins: Sequence[Bin]) -> Figure:
    """How often answers of a confidence are right, beside that confidence."""
    figure, axes = panel()
    places = range(len(bins))
    accuracy = [each.accuracy for each in bins]
    reach = [
        [max(each.accuracy - each.accuracy_low, 0) for each in bins],
        [max(each.accuracy_high - each.accuracy, 0) for each in bins],
    ]
    axes.bar(places, accuracy, color=FIRST, alpha=0.55, label="answers that are right")
    axes.errorbar(places, accuracy, reach, fmt="none", ecolor=INK, elinewidth=1, capsize=3)
    confidence = [each.confidence for each in bins]
    axes.plot(places, confidence, "D", color=SECOND, markersize=6, label="their mean confidence")
    axes.set_xticks(places, [f"{100 * each.low:g}-{100 * each.high:g}\nn={each.faces}" for each in bins], fontsize=8)
    axes.set_xlabel("confidence in %")
    axes.set_ylim(0, 1.05)
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    _legend_above(figure)
    return figure


def threshold_figure(sweep: ThresholdSweep) -> Figure:
    """Balanced accuracy over the probability from which on a face is called bare."""
    figure, axes = panel()
    axes.plot(sweep.thresholds, sweep.balanced_accuracy, color=FIRST, label="balanced accuracy")
    axes.axvline(sweep.used, color=SOFT, linestyle=":", label=f"in use: {sweep.used:g}")
    axes.plot([sweep.best], [sweep.best_balanced_accuracy], "D", color=SECOND, label=f"best: {sweep.best:g}")
    axes.set_xlabel("called bare from this probability on")
    axes.set_xlim(0, 1)
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    legend(axes)
    return figure


def panel() -> tuple[Figure, Axes]:
    """One figure with one set of axes, in colours that a page may replace."""
    figure = Figure(figsize=PANEL_INCHES, layout="constrained")
    figure.patch.set_alpha(0)  # the page shows through, light or dark
    axes = figure.subplots()
    axes.patch.set_alpha(0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(SOFT)
    axes.tick_params(color=SOFT, labelcolor=INK)
    axes.xaxis.label.set_color(INK)
    axes.yaxis.label.set_color(INK)
    return figure, axes


def _draw_curves(axes: Axes, name: str, curves: tuple[Sequence[float], Sequence[float]], kept: int | None) -> None:
    training, validation = curves
    _draw_line(axes, training, "training (augmented)", FIRST, "o")
    _draw_line(axes, validation, "validation", SECOND, "s")
    if kept is not None:
        axes.axvline(kept, color=SOFT, linestyle=":", label="kept")
    axes.set_xlabel("epoch of fine-tuning")
    axes.set_ylabel(name)
    legend(axes)


def _draw_line(axes: Axes, values: Sequence[float], name: str, colour: str, marker: str) -> None:
    axes.plot(range(1, len(values) + 1), values, marker=marker, markersize=3.5, color=colour, label=name)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def legend(axes: Axes) -> None:
    """What the lines are, without a frame."""
    axes.legend(frameon=False, labelcolor=INK, fontsize=9)


def _legend_above(figure: Figure) -> None:
    """Where bars would lie behind it otherwise."""
    figure.legend(loc="outside upper center", ncols=2, frameon=False, labelcolor=INK, fontsize=9)
