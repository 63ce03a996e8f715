"""A model version in the terminal: how good it is, what it was made of and why it is served or not."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from console.report_parts import gate_lines, line, plain_text, table_of
from shared.model_registry import Manifest
from trainer.report.record import REPORT_FILE, Confusion, Fitting, PartReport, SceneReport, TrainingReport
from trainer.report.words import data, duration, percent, size, verdict, words

LONGEST_NAME = 22  # what 80 columns leave beside the figures
LEVELS = "▁▂▃▄▅▆▇█"
Figures = Mapping[str, float]


def render(manifest: Manifest, report: dict[str, Any] | None, page: Path | None = None) -> RenderableType:
    """All that is known of a version, 80 columns wide.

    ``report`` is the content of its ``report.json``; versions from before there were reports have
    none. ``page`` is where its report with pictures is on this machine, if it is there.
    """
    parts: list[RenderableType] = [_title(manifest)]
    if report is None:
        parts += [_of_manifest(manifest), gate_lines(manifest.gate), _figures(manifest.metrics)]
    else:
        try:
            parts += _of_report(manifest, TrainingReport.model_validate(report))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            parts += [Text(f"its report cannot be read: {where}: {first['msg']}", "yellow"), _of_manifest(manifest)]
            parts += [gate_lines(manifest.gate), _figures(manifest.metrics)]
    if page is not None:
        parts.append(line("report with pictures", str(page)))
    return Group(*parts)


def stored_report(folder: Path) -> dict[str, Any] | None:
    """The report among a version's files; empty where its file holds none, ``None`` where there is no file."""
    try:
        content = json.loads((folder / REPORT_FILE).read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _title(manifest: Manifest) -> Text:
    takes = manifest.input
    answers = ", ".join(words(label) for label in manifest.labels)
    made = f"made {manifest.created_at:%Y-%m-%d %H:%M}, {takes.width} x {takes.height} pixels, {answers}"
    return Text.assemble((f"{plain_text(manifest.name)} version {manifest.version}", "bold"), "\n", made)


def _of_manifest(manifest: Manifest) -> RenderableType:
    """What the manifest of an older version says of its making."""
    named = ("weights", "teacher", "data_fingerprint", "code_version", "epochs", "best_epoch", "dropped")
    lines = [line(words(name), str(manifest.training[name])) for name in named if name in manifest.training]
    return Group(*lines, line("calibration temperature", f"{manifest.temperature:.2f}"))


def _of_report(manifest: Manifest, report: TrainingReport) -> list[RenderableType]:
    return [
        Text(plain_text(verdict(report.promotion)), "green" if report.promotion.promoted else "yellow"),
        # The manifest may know more: a version may be promoted by force after its report was written.
        gate_lines(manifest.gate or report.promotion.gate, told=verdict(report.promotion)),
        _made(report),
        _figures(report.evaluation.figures),
        *(each for part in report.evaluation.parts for each in _behind(part)),
        _curves(report.fitting),
        _scenes(report.scenes),
    ]


def _made(report: TrainingReport) -> RenderableType:
    run, step = report.run, report.preparation
    memory = "" if run.peak_memory_bytes is None else f", at most {size(run.peak_memory_bytes)} of memory"
    cores = f", {run.cores} cores" if run.cores else ""
    face = report.export.milliseconds_a_face
    return Group(
        line("data", f"{data(report.split)}; {step.usable:,} of {step.found:,} usable"),
        line("began with", report.network.began_with),
        line("training", f"{duration(run.wall_seconds)}{memory}{cores}, {run.gpu or 'no GPU'}"),
        line(
            "file",
            f"{size(report.export.bytes)}, {report.export.precision}" + (f", {face:.2f} ms a face" if face else ""),
        ),
    )


def _figures(metrics: Mapping[str, Figures]) -> RenderableType:
    """Parts, their sources and face sizes; sources and sizes stand under their part."""
    if not metrics:
        return line("figures", "none")
    table = table_of("part", "faces", "accuracy (95%)", "balanced", "masked", "bare", "wrong*")
    for name, figures in metrics.items():
        part, _, group = name.partition("/")
        table.add_row(
            Text(_short(f"  {group}" if group else part), "" if group else "bold"),
            f"{figures.get('faces', 0):.0f}",
            _with_interval(figures),
            *(
                percent(figures.get(each))
                for each in ("balanced_accuracy", "with_mask_accuracy", "without_mask_accuracy")
            ),
            _wrongly(figures),
        )
    has_wrongly = any("incorrect_mask_faces" in figures for figures in metrics.values())
    note = Text("* masks worn incorrectly: how many are not taken for worn ones", "dim")
    return Group(Text(), table, *([note] if has_wrongly else []))


def _with_interval(figures: Figures) -> str:
    low, high = figures.get("accuracy_low"), figures.get("accuracy_high")
    known = "" if low is None or high is None else f" ({100 * low:.1f}-{100 * high:.1f})"
    return percent(figures.get("accuracy")) + known


def _wrongly(figures: Figures) -> str:
    faces = figures.get("incorrect_mask_faces", 0)
    return f"{faces - figures.get('incorrect_mask_as_with_mask', 0):.0f}/{faces:.0f}" if faces else ""


def _behind(part: PartReport) -> Iterator[RenderableType]:
    yield Text(f"\n{plain_text(part.part)}: labels and what they were called", "bold")
    yield _confusion(part.confusion)
    if part.calibration is not None:
        error = f"{percent(part.calibration.error_before)}, after {percent(part.calibration.error_after)}"
        yield line("calibration error", f"before {error} (temperature {part.calibration.temperature:.2f})")
    if part.threshold is not None:
        best = f"best {part.threshold.best:g} with {percent(part.threshold.best_balanced_accuracy)}"
        used = f"in use {part.threshold.used:g} with {percent(part.threshold.used_balanced_accuracy)}"
        yield line("threshold", f"{best}, {used} balanced")


def _confusion(found: Confusion) -> Table:
    table = table_of("true label", *(words(answer) for answer in found.answers))
    for truth, counts in zip(found.truths, found.counts, strict=True):
        table.add_row(words(truth), *(f"{count:,}" for count in counts))
    return table


def _curves(fitting: Fitting) -> RenderableType:
    curves = {
        "loss": fitting.train_loss,
        "validation loss": fitting.validation_loss,
        "balanced accuracy": fitting.validation_balanced,
        "learning rate": fitting.learning_rate,
    }
    epochs = len(fitting.train_loss)
    title = f"\nfine-tuning, {epochs} epochs" + (f", epoch {fitting.best_epoch} kept" if fitting.best_epoch else "")
    lines = [
        line(f"{name:<17}", f"{sparkline(curve)}  {curve[0]:.4g} to {curve[-1]:.4g}")
        for name, curve in curves.items()
        if curve
    ]
    return Group(Text(title, "bold"), *lines)


def sparkline(curve: Sequence[float], width: int = 40) -> str:
    """A curve as a row of bars, the lowest value the lowest bar; what is no number leaves a gap."""
    if len(curve) > width:
        curve = [curve[index * (len(curve) - 1) // (width - 1)] for index in range(width)]
    known = [value for value in curve if abs(value) < float("inf")]
    low, high = min(known, default=0), max(known, default=0)
    steps = (len(LEVELS) - 1) / (high - low) if high > low else 0
    return "".join(LEVELS[round((value - low) * steps)] if abs(value) < float("inf") else " " for value in curve)


def _scenes(scenes: SceneReport | None) -> RenderableType:
    if scenes is None:
        return Text("\nno annotated photographs to try it on", "dim")
    table = table_of("annotated as", "faces", "found", "rightly labelled")
    for each in scenes.labels:
        faces = max(each.faces, 1)
        table.add_row(words(each.label), f"{each.faces:,}", percent(each.found / faces), percent(each.right / faces))
    title = f"\n{scenes.photographs} photographs, faces found by {plain_text(scenes.detector)}"
    compliance = f"true {percent(scenes.true_compliance)}, reported {percent(scenes.reported_compliance)}"
    told = line("compliance", f"{compliance}; {scenes.false_faces} false faces")
    return Group(Text(title, "bold"), table, told)


def _short(name: str) -> str:
    plain = plain_text(name)
    return plain if len(plain) <= LONGEST_NAME else plain[: LONGEST_NAME - 1] + "…"
