"""A detector's figures as people read them, on a page, in a card and in a terminal alike."""

from collections.abc import Iterator, Sequence

from shared.messages import Label
from trainer.detector.report.record import DetectorReport, Figures, TrialReport
from trainer.report.words import between, percent

SIZES = ("24-40", "40-80", "80+", "all")
NONE = "none"


def share(figures: Figures, name: str) -> str:
    """A recall with its 95 % interval, as in 98.7% (97.9 to 99.2)."""
    if not figures.get(f"{name} faces"):
        return NONE
    return percent(figures[name]) + between(figures[f"{name} low"], figures[f"{name} high"])


def parts(trials: Sequence[TrialReport]) -> list[str]:
    """The parts that were measured on, in their order."""
    return list(dict.fromkeys(each.part for each in trials))


def as_they_are(trials: Sequence[TrialReport], part: str) -> list[TrialReport]:
    """Of one part, the trials on photographs in their own size."""
    return [each for each in trials if each.part == part and each.zoom == 1]


def chosen(report: DetectorReport) -> Iterator[TrialReport]:
    """The trials of the file that became the version, on photographs in their own size."""
    for part in parts(report.trials):
        own = as_they_are(report.trials, part)
        yield from (each for each in own if each.precision == report.export.precision)


def headline(report: DetectorReport) -> str:
    """How good it is, in one sentence, on the part that is farthest from training."""
    *_, last = chosen(report)
    found = ", ".join(f"{percent(last.figures[f'{label} all'])} of {words}" for label, words in _LABELS)
    return f"{found}, at {last.figures['false_faces']:.2f} false faces a photograph ({last.part})"


_LABELS = ((Label.WITH_MASK, "masked faces found"), (Label.WITHOUT_MASK, "bare ones"))
