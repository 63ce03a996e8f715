"""The figures of a detector's report: loss over steps, recall over false faces, recall over time."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator, PercentFormatter, StrMethodFormatter

from shared.messages import Label
from trainer.detector.report.record import FittingReport, TrialReport
from trainer.plots import FIRST, INK, SECOND, SOFT, legend, panel

# A colour for each kind of detector; their line or marker tells its members apart, in grey print too.
STYLES = ("-", "--", ":", "-.")
MARKERS = ("o", "s", "D", "^", "v", "P")
MEASURED = (Label.WITH_MASK, Label.WITHOUT_MASK)


def loss_figure(step: FittingReport) -> Figure:
    """The loss over the steps, and where false faces were looked for."""
    figure, axes = panel()
    axes.plot(step.at_step, step.loss, color=FIRST, label="loss")
    for number, at in enumerate(step.mined_at_step):
        axes.axvline(at, color=SOFT, linestyle=":", label="_" * number + "false faces looked for")
    axes.set_xlabel("step")
    axes.set_ylabel("loss")
    legend(axes)
    return figure


def rate_figure(step: FittingReport) -> Figure:
    """The learning rate over the steps."""
    figure, axes = panel()
    axes.plot(step.at_step, step.rate, color=FIRST)
    axes.set_xlabel("step")
    axes.set_ylabel("learning rate")
    axes.ticklabel_format(axis="y", style="sci", scilimits=(0, 0))
    return figure


def recall_figure(trials: Sequence[TrialReport], label: Label) -> Figure:
    """Recall of one label over false faces a photograph, a line each detector; its dot is where it would be used."""
    figure, axes = panel()
    members: dict[str, int] = {}
    for trial in trials:
        colour = _colour(trial)
        style = STYLES[members.setdefault(colour, 0) % len(STYLES)]
        members[colour] += 1
        axes.plot(
            trial.false_faces, trial.recall[label], style, color=colour, drawstyle="steps-post", label=trial.detector
        )
        axes.plot([trial.figures["false_faces"]], [trial.figures[f"{label} all"]], "o", color=colour, markersize=4)
    axes.set_xlabel("false faces a photograph")
    axes.set_xlim(0, 1)
    _share(axes, "found")
    legend(axes)
    return figure


def time_figure(trials: Sequence[TrialReport]) -> Figure:
    """Mean recall of masked and bare faces at equal false faces over the time a photograph takes."""
    figure, axes = panel()
    for index, (name, members) in enumerate(_by_detector(trials).items()):
        ordered = sorted(members, key=lambda each: each.figures["milliseconds"])
        axes.plot(
            [each.figures["milliseconds"] for each in ordered],
            [_mean(each) for each in ordered],
            f"{STYLES[index % len(STYLES)]}{MARKERS[index % len(MARKERS)]}",
            color=_colour(ordered[0]),
            markersize=4,
            label=name,
        )
        for each in ordered if ordered[0].precision else []:
            axes.annotate(
                f"{each.zoom:g}",
                (each.figures["milliseconds"], _mean(each)),
                xytext=(3, -9),
                textcoords="offset points",
                fontsize=7,
                color=INK,
            )
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axes.set_xlabel("milliseconds of one core a photograph")
    _share(axes, "masked and bare found")
    legend(axes)
    return figure


def told(trials: Sequence[TrialReport], label: Label) -> str:
    """What a recall figure shows, for those who cannot see it."""
    return "; ".join(
        f"{each.detector} {each.figures[f'{label} all']:.0%} at {each.figures['false_faces']:.2f}" for each in trials
    )


def _by_detector(trials: Sequence[TrialReport]) -> dict[str, list[TrialReport]]:
    groups: dict[str, list[TrialReport]] = {}
    for each in trials:
        groups.setdefault(f"ours ({each.precision})" if each.precision else each.detector, []).append(each)
    return groups


def _mean(trial: TrialReport) -> float:
    return sum(trial.equal[f"{label} all"] for label in MEASURED) / len(MEASURED)


def _colour(trial: TrialReport) -> str:
    if trial.precision:
        return FIRST
    return SECOND if trial.detector.startswith("YuNet") else INK if trial.detector.startswith("version") else SOFT


def _share(axes: Axes, name: str) -> None:
    axes.set_ylabel(name)
    axes.set_ylim(0, 1.02)
    axes.yaxis.set_major_formatter(PercentFormatter(1))
