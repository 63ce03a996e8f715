"""A detector's version in the terminal: what it finds, what it was made of and why it is served or not."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from rich.console import Group, RenderableType
from rich.text import Text

from console.model_report import sparkline
from console.report_parts import gate_lines, line, plain_text, table_of
from shared.detector_manifest import DetectorManifest
from shared.messages import Label
from trainer.detector.report.record import DetectorReport, FittingReport, TrialReport
from trainer.report.words import duration, percent, size, verdict, words

Figures = Mapping[str, float]

LABELS = (Label.WITH_MASK, Label.WITHOUT_MASK, Label.INCORRECT_MASK)
LONGEST_NAME = 36  # what 80 columns leave beside the figures


def render(manifest: DetectorManifest, report: dict[str, Any] | None, page: Path | None = None) -> RenderableType:
    """All that is known of a version, 80 columns wide; see ``console.model_report.render``."""
    parts: list[RenderableType] = [_title(manifest)]
    try:
        parts += _of_manifest(manifest) if report is None else _of_report(manifest, DetectorReport(**report))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        parts += [Text(f"its report cannot be read: {where}: {first['msg']}", "yellow"), *_of_manifest(manifest)]
    if page is not None:
        parts.append(line("report with pictures", str(page)))
    return Group(*parts)


def _title(manifest: DetectorManifest) -> Text:
    takes = manifest.input
    strides = ", ".join(map(str, manifest.strides))
    made = f"made {manifest.created_at:%Y-%m-%d %H:%M}, {takes.order.upper()} {takes.dtype}, cells of {strides} px"
    return Text.assemble((f"{plain_text(manifest.name)} version {manifest.version}", "bold"), "\n", made)


def _of_manifest(manifest: DetectorManifest) -> list[RenderableType]:
    named = ("teacher", "photographs", "singles", "weights", "steps", "precision", "data_fingerprint", "code_version")
    told = [line(words(name), str(manifest.training[name])) for name in named if name in manifest.training]
    return [*told, gate_lines(manifest.gate), _found(manifest.metrics)]


def _of_report(manifest: DetectorManifest, report: DetectorReport) -> list[RenderableType]:
    said = verdict(report.promotion)
    return [
        Text(plain_text(said), "green" if report.promotion.promoted else "yellow"),
        # The manifest may know more: a version may be promoted by force after its report was written.
        gate_lines(manifest.gate or report.promotion.gate, told=said),
        *_made(report),
        *_fitting(report.fitting),
        _found({each.name: each.figures for each in report.trials}),
        _equal(report),
    ]


def _made(report: DetectorReport) -> Iterator[RenderableType]:
    run, export = report.run, report.export
    memory = "" if run.peak_memory_bytes is None else f", at most {size(run.peak_memory_bytes)} of memory"
    yield line("data", ", ".join(f"{count:,} {part}" for part, count in report.data.pictures.items()))
    dropped = sum(report.data.dropped.values())
    yield line("dropped", f"{dropped:,}" + "".join(f"; {count:,} {why}" for why, count in report.data.dropped.items()))
    yield line("training", f"{duration(run.wall_seconds)}{memory}, {run.cores} cores, {run.gpu or 'no GPU'}")
    yield line("file", f"{size(export.bytes[export.precision])}, {export.precision}")
    if report.note:
        yield line("note", report.note)


def _fitting(step: FittingReport) -> Iterator[RenderableType]:
    yield Text(f"\nfitting, {step.steps:,} steps, {step.false_faces:,} false faces shown again", "bold")
    for name, curve in (("loss", step.loss), ("learning rate", step.rate)):
        if curve:
            yield line(f"{name:<13}", f"{sparkline(curve)}  {curve[0]:.4g} to {curve[-1]:.4g}")


def _found(metrics: Mapping[str, Figures]) -> RenderableType:
    table = table_of("found at its own score", "masked", "bare", "incorrect", "false", "ms")
    for name, figures in metrics.items():
        shares = [
            percent(figures.get(f"{label} all") if figures.get(f"{label} all faces") else None) for label in LABELS
        ]
        costs = (f"{figures.get('false_faces', 0):.2f}", f"{figures.get('milliseconds', 0):.1f}")
        table.add_row(_short(name), *shares, *costs)
    return Group(Text(), table)


def _equal(report: DetectorReport) -> RenderableType:
    at = f"found at {report.equal_false_faces:g} false faces"
    table = table_of(at, "masked", "bare", "incorrect", "ms")
    for each in report.trials:
        table.add_row(
            _short(each.name), *(_share(each, label) for label in LABELS), f"{each.figures['milliseconds']:.1f}"
        )
    return Group(Text(), table)


def _share(trial: TrialReport, label: Label) -> str:
    return percent(trial.equal[f"{label} all"] if trial.equal[f"{label} all faces"] else None)


def _short(name: str) -> str:
    shown = plain_text(name.replace(" of the size", " size"))
    return shown if len(shown) <= LONGEST_NAME else shown[: LONGEST_NAME - 1] + "…"
