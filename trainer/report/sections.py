"""The nine steps of a training, one section each."""

from collections.abc import Iterator

from trainer.plots import accuracy_figure, head_figure, loss_figure, rate_figure
from trainer.report.evaluation_section import evaluation
from trainer.report.markup import Child, Markup, element, facts, joined, left, left_header, paragraph, table
from trainer.report.pictures import Pictures
from trainer.report.record import Fitting, Promotion, SplitReport, TrainingReport, Variation
from trainer.report.scenes_section import scenes
from trainer.report.svg import inline
from trainer.report.words import duration, size, verdict, words


def sections(report: TrainingReport, pictures: Pictures | None) -> Iterator[tuple[str, Markup]]:
    """Title and content of each step."""
    shown = pictures or Pictures()
    yield "1. Pictures", _preparation(report)
    yield "2. Augmentation", _augmentation(report.augmentation)
    yield "3. Split", _split(report.split)
    yield "4. Network", _network(report)
    yield "5. Training", _fitting(report.fitting)
    yield "6. Evaluation", evaluation(report, shown.mistakes)
    yield "7. Detection plus classification", scenes(report.scenes, shown.samples)
    yield "8. Export", _export(report)
    yield "9. Gate and promotion", promotion(report.promotion)


def _preparation(report: TrainingReport) -> Markup:
    step = report.preparation
    pairs: list[tuple[str, Child]] = [
        ("Faces found", f"{step.found:,}"),
        ("Usable", f"{step.usable:,}"),
        ("Duplicates dropped", f"{step.duplicates:,}"),
        ("Faces found by", step.faces_found_by),
    ]
    reasons = [(reason, f"{count:,}") for reason, count in step.dropped.items()]
    dropped = table("Dropped, each listed in dropped.csv", ("reason", "faces"), reasons) if reasons else None
    return joined((facts(pairs), dropped))


def _augmentation(variations: tuple[Variation, ...]) -> Markup:
    if not variations:
        return paragraph("No augmentation was stated.")
    rows = [(each.name, f"{each.how_often:.0%}", left(each.how_much)) for each in variations]
    return table("What is done to training pictures", ("what", "share", left_header("how much")), rows)


def _split(step: SplitReport) -> Markup:
    told = paragraph(
        "Near-duplicate pictures make a cluster, and a cluster is in one part only. The data set names the cluster of"
        f" {step.clusters_given:,} faces; comparing pictures joined some of those, and found those of"
        f" {step.clusters_computed:,} further faces."
        f" Seed {step.seed}."
    )
    groups = list(dict.fromkeys((row.source, row.label) for row in sorted(step.faces, key=lambda row: row.source)))
    faces = {(row.part, row.source, row.label): row.faces for row in step.faces}
    parts = list(step.clusters)
    rows = [
        (
            source,
            left(words(label)),
            *(f"{faces.get((part, source, label), 0):,}" for part in parts),
        )
        for source, label in groups
    ]
    rows.append(("all", left("faces"), *(f"{step.total(part):,}" for part in parts)))
    rows.append(("all", left("clusters"), *(f"{step.clusters[part]:,}" for part in parts)))
    return joined((told, table("Faces of each source and label", ("source", left_header("label"), *parts), rows)))


def _network(report: TrainingReport) -> Markup:
    step = report.network
    return facts(
        [
            ("Network", f"{step.architecture}, width {step.alpha:g}"),
            ("Input", f"{step.size} x {step.size} pixels, RGB"),
            ("Weights", None if step.parameters is None else f"{step.parameters:,}"),
            ("Answers", ", ".join(words(label) for label in step.labels)),
            ("Began with", step.began_with),
            ("Preprocessing", step.preprocessing),
        ]
    )


def _fitting(step: Fitting) -> Markup:
    epochs = len(step.train_loss)
    pairs: list[tuple[str, Child]] = [
        ("Epochs of fine-tuning", f"{epochs} of {step.epochs_allowed or epochs}"),
        ("Kept", None if step.best_epoch is None else f"epoch {step.best_epoch}"),
        ("Stopped early", "no" if step.stopped_early_at is None else f"after epoch {step.stopped_early_at}"),
        ("Patience", None if step.patience is None else f"{step.patience} epochs"),
        ("Frozen layers of the trunk", step.frozen_layers),
        ("Epochs of the head", len(step.head_loss) or None),
    ]
    return joined((facts(pairs), element("div", *_curves(step), class_="figures"), _epochs(step)))


def _curves(step: Fitting) -> Iterator[Markup]:
    if step.head_loss:
        yield inline(head_figure(step), f"Loss of the head: {_from_to(step.head_loss)}")
    if step.train_accuracy:
        told = f"training {_from_to(step.train_accuracy)}, validation {_from_to(step.validation_accuracy)}"
        yield inline(accuracy_figure(step), f"Accuracy over the epochs: {told}")
    if step.train_loss:
        told = f"training {_from_to(step.train_loss)}, validation {_from_to(step.validation_loss)}"
        yield inline(loss_figure(step), f"Loss over the epochs: {told}")
    if step.learning_rate:
        yield inline(rate_figure(step), f"Learning rate over the epochs: {_from_to(step.learning_rate)}")


def _from_to(curve: tuple[float, ...]) -> str:
    return f"from {curve[0]:.3g} to {curve[-1]:.3g}" if curve else "none"


def _epochs(step: Fitting) -> Markup | None:
    if not step.train_loss:
        return None
    curves = {
        "loss": step.train_loss,
        "accuracy": step.train_accuracy,
        "validation loss": step.validation_loss,
        "validation accuracy": step.validation_accuracy,
        "balanced": step.validation_balanced,
        "learning rate": step.learning_rate,
    }
    rows = [
        (str(epoch + 1), *(f"{curve[epoch]:.4g}" if epoch < len(curve) else "" for curve in curves.values()))
        for epoch in range(len(step.train_loss))
    ]
    values = table("Fine-tuning, epoch by epoch", ("epoch", *curves), rows)
    return element("details", element("summary", "The same in numbers"), values)


def _export(report: TrainingReport) -> Markup:
    step = report.export
    differ = None if step.max_difference is None else f"{step.max_difference:.4f} at most"
    if differ and step.mean_difference is not None:
        differ += f", {step.mean_difference:.5f} on average"
    return facts(
        [
            ("Weights kept as", step.precision),
            ("Size", size(step.bytes)),
            ("Difference of a probability to the Keras network", differ),
            ("Other answers than the Keras network", _of(step.other_answers, step.faces_compared)),
            ("Time a face", None if step.milliseconds_a_face is None else f"{step.milliseconds_a_face:.2f} ms"),
        ]
    )


def _of(count: int | None, whole: int | None) -> str | None:
    return None if count is None else f"{count} of {whole} faces"


def promotion(step: Promotion) -> Markup:
    """Whether it is served, what the gate found and what live faces said."""
    return joined((paragraph(verdict(step)), _gate(step), _shadow(step)))


def _gate(step: Promotion) -> Markup:
    gate = step.gate
    if gate is None:
        return paragraph("The version was not compared with another one.")
    said = "It passed" if gate.passed else "It did not pass"
    said += " the gate" + (
        f", compared with version {gate.compared_with}." if gate.compared_with else "; none was served."
    )
    forced = paragraph("It was promoted all the same, because somebody said so.") if gate.forced else None
    return joined((paragraph(said), forced, _listed(gate.reasons)))


def _shadow(step: Promotion) -> Markup:
    shadow = step.shadow
    if shadow is None:
        return paragraph("It did not judge live faces beside the served version.")
    said = (
        f"Beside the served version it judged {shadow.faces:,} live faces in {duration(shadow.seconds)} and"
        f" said something else of {shadow.disagreements:,}: {'passed' if shadow.passed else 'refused'}."
    )
    shifts = [(camera, f"{100 * shift:+.1f} points") for camera, shift in shadow.shifts.items()]
    moved = table("Change of each camera's share of bare faces", ("camera", "change"), shifts) if shifts else None
    return joined((paragraph(said), _listed(shadow.reasons), moved))


def _listed(reasons: tuple[str, ...]) -> Markup | None:
    return element("ul", *(element("li", reason) for reason in reasons)) if reasons else None
