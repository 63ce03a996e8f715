"""Step 6 on the page: per part the figures, the confusion, how honest the confidences are, and mistakes."""

from collections.abc import Sequence

from trainer.plots import reliability_figure, threshold_figure
from trainer.report.markup import Markup, element, joined, paragraph, table
from trainer.report.measures import ORDER
from trainer.report.pictures import Mistake, jpeg
from trainer.report.record import Bin, Calibration, Confusion, Figures, PartReport, ThresholdSweep, TrainingReport
from trainer.report.scenes_section import embedded
from trainer.report.svg import inline
from trainer.report.words import groups, not_called_masked, parts, percent, with_interval, words


def evaluation(report: TrainingReport, mistakes: Sequence[Mistake]) -> Markup:
    """Everything about every part."""
    behind = {each.part: each for each in report.evaluation.parts}
    names = list(dict.fromkeys([*parts(report.evaluation.figures), *behind]))
    told = paragraph(
        "Measured on the exported file, on faces cut out as workers cut them. In brackets the 95% interval."
    )
    return joined((told, *(_part(name, report, behind.get(name), mistakes) for name in names)))


def _part(name: str, report: TrainingReport, behind: PartReport | None, mistakes: Sequence[Mistake]) -> Markup:
    own = [each for each in mistakes if each.part == name]
    return element(
        "section",
        element("h3", f"Part: {name}"),
        _figures(name, report),
        None if behind is None else _behind(behind),
        _mistakes(own) if own else None,
    )


def _figures(part: str, report: TrainingReport) -> Markup | None:
    figures = report.evaluation.figures
    if part not in figures:
        return None
    chosen = {"all": figures[part]} | groups(part, figures)
    labels = [label for label in ORDER if f"{label}_accuracy" in figures[part]]
    # Masks worn incorrectly are no part of accuracy, whether or not the network has an answer for them.
    has_incorrect = "incorrect_mask_faces" in figures[part]
    header = ("faces", "n", "accuracy", "balanced", *(words(label) for label in labels))
    rows = [_row(name, each, labels, has_incorrect) for name, each in chosen.items()]
    caption = "Accuracy by source and by face width"
    return table(caption, (*header, "incorrect, not called masked") if has_incorrect else header, rows)


def _row(name: str, figures: Figures, labels: Sequence[str], has_incorrect: bool) -> tuple[str, ...]:
    row = (
        name,
        f"{figures['faces']:.0f}",
        with_interval(figures, "accuracy"),
        percent(figures.get("balanced_accuracy")),
        *(with_interval(figures, f"{label}_accuracy") for label in labels),
    )
    return (*row, not_called_masked(figures)) if has_incorrect else row


def _behind(part: PartReport) -> Markup:
    drawn = [
        *([] if part.calibration is None else _reliability(part.part, part.calibration)),
        *([] if part.threshold is None else [_threshold(part.part, part.threshold)]),
    ]
    told = None if part.calibration is None else _calibration(part.calibration)
    return joined((_confusion(part.confusion), told, element("div", *drawn, class_="figures")))


def _confusion(found: Confusion) -> Markup:
    rows = [
        (words(truth), *(_shaded(count, sum(counts)) for count in counts))
        for truth, counts in zip(found.truths, found.counts, strict=True)
    ]
    header = ("true label", *(f"called {words(answer)}" for answer in found.answers))
    return table("Confusion matrix: faces, and their share of the row", header, rows)


def _shaded(count: int, whole: int) -> Markup:
    share = count / max(whole, 1)
    return element("td", f"{count:,} ({percent(share)})", class_="shaded", style=f"--share:{share:.3f}")


def _calibration(found: Calibration) -> Markup:
    return paragraph(
        f"Expected calibration error {percent(found.error_before)} as the network answers, {percent(found.error_after)}"
        f" after division by the temperature {found.temperature:.2f}; log loss {found.log_loss_before:.4f} and"
        f" {found.log_loss_after:.4f}."
    )


def _reliability(part: str, found: Calibration) -> list[Markup]:
    moments = {"before": found.before, "after": found.after}
    return [
        inline(
            reliability_figure(bins),
            f"Confidence and share of right answers {moment} calibration, part {part}: {_told(bins)}",
            f"Confidence and truth {moment} calibration",
        )
        for moment, bins in moments.items()
    ]


def _told(bins: Sequence[Bin]) -> str:
    return "; ".join(f"{each.confidence:.1%} sure, {each.accuracy:.1%} right of {each.faces}" for each in bins)


def _threshold(part: str, sweep: ThresholdSweep) -> Markup:
    said = (
        f"Threshold: best {sweep.best:g} with {percent(sweep.best_balanced_accuracy)}, in use {sweep.used:g} with"
        f" {percent(sweep.used_balanced_accuracy)} balanced"
    )
    return inline(threshold_figure(sweep), f"{said}, part {part}", said)


def _mistakes(own: Sequence[Mistake]) -> Markup:
    return joined((element("h4", "Surest mistakes"), element("div", *(_mistake(each) for each in own), class_="faces")))


def _mistake(each: Mistake) -> Markup:
    said = f"{words(each.truth)}, called {words(each.answer)} ({percent(each.probability)})"
    place = each.file if each.source in each.file else f"{each.source}: {each.file}"
    caption = element("figcaption", f"{said}; {each.width_px:.0f} px; {place}")
    return element("figure", embedded(jpeg(each.pixels), said), caption)
