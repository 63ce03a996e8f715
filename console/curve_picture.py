"""The curves of `maskwatch evaluate --curve` as a picture."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from console.evaluation_tables import LABEL_WORDS

if TYPE_CHECKING:
    from worker.evaluation.curves import Curves, Line

INK, SOFT = "#1b1f24", "#8a929c"
# Told apart in grey print too, where their dashes differ.
COLOURS = {"with_mask": "#2563a8", "without_mask": "#c2570c", "incorrect_mask": "#6b4fa0"}
DASHES = {"with_mask": "-", "without_mask": "--", "incorrect_mask": "-."}
MARKERS = {"with_mask": "o", "without_mask": "s", "incorrect_mask": "D"}
ROW_INCHES = (9.6, 3.9)


def save_curves(found: "Mapping[str, Curves]", average_precision: Mapping[str, float | None], path: Path) -> None:
    """Draw a row of two panels for each detector: precision over recall, recall over false faces."""
    figure = Figure(figsize=(ROW_INCHES[0], ROW_INCHES[1] * len(found)), layout="constrained")
    rows = figure.subplots(len(found), 2, squeeze=False)
    for (left, right), (name, curves) in zip(rows, found.items(), strict=True):
        _draw_precision_recall(left, curves, average_precision[name])
        _draw_recall_at_false_faces(right, curves)
        left.set_title(f"{name}: found and rightly labelled", loc="left", fontsize=10, color=INK)
        right.set_title(f"{name}: found, whatever called", loc="left", fontsize=10, color=INK)
    figure.savefig(path, dpi=110)


def _draw_precision_recall(axes: Axes, curves: "Curves", average_precision: float | None) -> None:
    for line in curves.precision_recall:
        if line.name in LABEL_WORDS:
            _draw(axes, line, LABEL_WORDS[line.name])
        else:
            area = "" if average_precision is None else f" (average precision {average_precision:.3f})"
            axes.plot(line.x, line.y, color=SOFT, linewidth=1, label=f"{line.name}, detector alone{area}")
    axes.set_xlabel("recall")
    axes.set_ylabel("precision")
    axes.set_xlim(0, 1.01)
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    _finish(axes)


def _draw_recall_at_false_faces(axes: Axes, curves: "Curves") -> None:
    for line in curves.recall_at_false_faces:
        _draw(axes, line, LABEL_WORDS[line.name])
    working = [line.working_point[0] for line in curves.recall_at_false_faces if line.working_point]
    # Beyond, thousands of walls buy a face or two.
    axes.set_xlim(0, max(1.0, 3 * max(working, default=0.0)))
    axes.set_xlabel("false faces a photograph")
    axes.set_ylabel("recall")
    _finish(axes)


def _draw(axes: Axes, line: "Line", words: str) -> None:
    colour = COLOURS[line.name]
    axes.plot(line.x, line.y, color=colour, linestyle=DASHES[line.name], label=words)
    if line.working_point is not None:
        # Masked and bare faces decide what is reported: their points lie above the third.
        order = 3 if line.name == "incorrect_mask" else 4
        axes.plot(*line.working_point, MARKERS[line.name], color=colour, markeredgecolor="white", zorder=order)


def _finish(axes: Axes) -> None:
    axes.set_ylim(0, 1.02)
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.plot([], [], "o", color=INK, markeredgecolor="white", label="as it works now")
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(SOFT)
    axes.tick_params(color=SOFT, labelcolor=INK)
    axes.grid(color=SOFT, alpha=0.2)
    axes.legend(frameon=False, labelcolor=INK, fontsize=8, loc="lower right")
