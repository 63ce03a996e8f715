"""What a training of the detector did, one section each."""

from collections.abc import Iterator, Sequence

from shared.messages import Label
from trainer.detector.report.curves import loss_figure, rate_figure, recall_figure, time_figure, told
from trainer.detector.report.pictures import Worst
from trainer.detector.report.record import DataReport, DetectorReport, FittingReport, NetworkReport, TrialReport
from trainer.detector.report.words import SIZES, as_they_are, parts, share
from trainer.plots import reliability_figure
from trainer.report.markup import Child, Markup, element, facts, joined, left, left_header, paragraph, table
from trainer.report.pictures import jpeg
from trainer.report.record import Variation
from trainer.report.scenes_section import embedded
from trainer.report.sections import promotion
from trainer.report.svg import inline
from trainer.report.words import percent, size, words

LEAST_FACES = 10  # of a label, below which a curve says nothing


def sections(report: DetectorReport, worst: Sequence[Worst]) -> Iterator[tuple[str, Markup]]:
    """Title and content of each."""
    yield "1. Pictures", _data(report.data)
    yield "2. Scenes", _scenes(report.scenes)
    yield "3. Network", _network(report.network)
    yield "4. Fitting", _fitting(report.fitting)
    yield "5. Faces found", _found(report)
    yield "6. Recall against time", _time(report)
    yield "7. Confidence", _confidence(report)
    yield "8. Export", _export(report)
    yield "9. Gate and promotion", promotion(report.promotion)
    if worst:
        yield "The worst photographs", _worst(worst)


def _data(step: DataReport) -> Markup:
    split = paragraph(
        f"A photograph only chooses where the hash of its name says so ({step.validation_share:.0%} of them), so it "
        "keeps its part when data is added. What the teacher finds beside the boxes of photographs is neither face "
        "nor background; in pictures of one face it finds the box."
    )
    pairs: list[tuple[str, Child]] = [(part, f"{count:,}") for part, count in step.pictures.items()]
    widths = list(dict.fromkeys(width for row in step.faces for width in row.sizes))
    rows = [
        (row.part, left(words(row.label)), f"{row.pictures:,}", *(f"{row.sizes.get(width, 0):,}" for width in widths))
        for row in step.faces
    ]
    header = ("part", left_header("label"), "pictures", *(f"{width} px" for width in widths))
    dropped = [(reason, f"{count:,}") for reason, count in step.dropped.items()]
    return joined(
        (
            facts([*pairs, ("Teacher", step.teacher)]),
            split,
            table("Faces by width", header, rows),
            table("Dropped, each listed in dropped.csv", ("reason", "pictures"), dropped) if dropped else None,
        )
    )


def _scenes(variations: Sequence[Variation]) -> Markup:
    rows = [(each.name, f"{each.how_often:.0%}", left(each.how_much)) for each in variations]
    return table("What it is shown while fitting", ("what", "share", left_header("how")), rows)


def _network(step: NetworkReport) -> Markup:
    levels = [
        (f"{stride} px", str(width), f"{low:g} to {high:g}" if high < 1e4 else f"{low:g} and more")
        for stride, width, (low, high) in zip(step.strides, step.widths, step.sides_px, strict=True)
    ]
    pairs: list[tuple[str, Child]] = [
        ("Weights", f"{step.weights:,}"),
        ("Begun with", "random weights"),
        ("First step", f"patches of {step.patch_px} x {step.patch_px} pixels"),
        ("Numbers while fitting", step.fitted_in),
    ]
    return joined((facts(pairs), table("Levels", ("cells of", "channels", "faces of px"), levels)))


def _fitting(step: FittingReport) -> Markup:
    pairs: list[tuple[str, Child]] = [
        ("Time", f"{step.minutes:g} min"),
        ("Steps", f"{step.steps:,} of {step.batch} scenes"),
        ("Learning rate", f"{step.learning_rate:g} at its peak"),
        (
            "False faces shown again",
            f"{step.false_faces:,}, found after {' and '.join(f'{part:.0%}' for part in step.mined_after)} of the time",
        ),
    ]
    if not step.loss:
        return facts(pairs)
    drawn = (
        inline(loss_figure(step), f"Loss over the steps: from {step.loss[0]:.3g} to {step.loss[-1]:.3g}"),
        inline(rate_figure(step), f"Learning rate over the steps: from {step.rate[0]:.3g} to {step.rate[-1]:.3g}"),
    )
    return joined((facts(pairs), element("div", *drawn, class_="figures")))


def _found(report: DetectorReport) -> Markup:
    note = paragraph(
        "A face is found by a box that overlaps it by half or more (IoU); faces and boxes under 24 px count neither "
        "for nor against. In brackets the 95% interval. The photographs of validation chose file and threshold; "
        "nothing was chosen by those of test.",
        class_="remark",
    )
    return joined((note, *(_part(report, part) for part in parts(report.trials))))


def _part(report: DetectorReport, part: str) -> Markup:
    trials = [each for each in report.trials if each.part == part]
    plain = as_they_are(report.trials, part)
    return element(
        "section",
        element("h3", f"Part: {part}"),
        *(_table(trials, label) for label in Label if _faces(trials, label)),
        element(
            "div",
            *(_curve(plain, label, part) for label in Label if _faces(plain, label) >= LEAST_FACES),
            class_="figures",
        ),
    )


def _faces(trials: Sequence[TrialReport], label: Label) -> int:
    return int(trials[0].figures[f"{label} all faces"]) if trials else 0


def _table(trials: Sequence[TrialReport], label: Label) -> Markup:
    header = ("detector", *(f"{each} px" if each != "all" else each for each in SIZES), "false a photograph", "ms")
    rows = [
        (
            each.detector,
            *(share(each.figures, f"{label} {width}") for width in SIZES),
            f"{each.figures['false_faces']:.2f}",
            f"{each.figures['milliseconds']:.1f}",
        )
        for each in trials
    ]
    return table(f"{words(label)}: {_faces(trials, label):,} faces, share found at each one's own score", header, rows)


def _curve(trials: Sequence[TrialReport], label: Label, part: str) -> Markup:
    title = f"{words(label)}, {part}"
    said = f"Share of faces found over false faces a photograph, {title}: {told(trials, label)}"
    return inline(recall_figure(trials, label), said, title)


def _time(report: DetectorReport) -> Markup:
    last = parts(report.trials)[-1]
    trials = [each for each in report.trials if each.part == last]
    at = f"at {report.equal_false_faces:g} false faces a photograph"
    labels = (Label.WITH_MASK, Label.WITHOUT_MASK)
    rows = [
        (
            each.detector,
            f"{each.figures['milliseconds']:.1f}",
            *(share(each.equal, f"{label} all") for label in labels),
        )
        for each in trials
    ]
    values = table(f"Found {at}, {last}", ("detector", "ms", *(words(label) for label in labels)), rows)
    said = "; ".join(f"{row[0]}: {row[1]} ms" for row in rows)
    drawn = inline(time_figure(trials), f"Share found {at} over milliseconds: {said}", f"Masked and bare, mean, {at}")
    told_so = paragraph("Numbers at the points of ours are how much larger than they are photographs were shown.")
    return joined((told_so, element("div", drawn, class_="figures"), values))


def _confidence(report: DetectorReport) -> Markup:
    step = report.calibration
    said = paragraph(
        f"A confidence is the logistic function of {step.slope:.3f} times the logit plus {step.offset:.3f}; from "
        f"{step.clear:g} on a face begins a track. It is a scale, no probability. "
        "The bars show which share of the boxes is a face."
    )
    drawn = [
        inline(
            reliability_figure(bins),
            f"Confidence and share of boxes that are faces, {part}: "
            + "; ".join(f"{each.confidence:.0%} sure, {each.accuracy:.0%} faces of {each.faces}" for each in bins),
            part,
        )
        for part, bins in step.bins.items()
        if bins
    ]
    return joined((said, element("div", *drawn, class_="figures")))


def _export(report: DetectorReport) -> Markup:
    step = report.export
    rows = [
        (f"{name}{', chosen' if name == step.precision else ''}", size(count), percent(step.equal_recall.get(name)))
        for name, count in step.bytes.items()
    ]
    title = f"Files, and masked and bare faces found by each at {report.equal_false_faces:g} false faces a photograph"
    return table(title, ("file", "size", "found, validation"), rows)


def _worst(worst: Sequence[Worst]) -> Markup:
    shown = (
        element(
            "figure",
            embedded(jpeg(each.pixels), each.words),
            element("figcaption", f"{number}. {each.part}, {each.name}: {each.words}"),
        )
        for number, each in enumerate(worst, 1)
    )
    note = paragraph(
        "Missed faces blue, false ones red, found ones green. The most wrong first: each false face weighs its "
        "confidence, each missed one what its confidence lacks.",
        class_="remark",
    )
    return joined((note, element("div", *shown, class_="scenes")))
