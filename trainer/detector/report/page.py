"""A detector's report as one HTML file: nothing is fetched, nothing runs."""

from collections.abc import Sequence

from trainer.detector.report.pictures import Worst
from trainer.detector.report.record import DetectorReport
from trainer.detector.report.sections import sections
from trainer.detector.report.words import headline
from trainer.report.markup import Markup, element, facts, paragraph
from trainer.report.page import document, processors, section
from trainer.report.words import duration, size, verdict


def render(report: DetectorReport, worst: Sequence[Worst] = ()) -> str:
    """The whole page; with photographs it shows people and must stay on this machine."""
    shown = (section(*each) for each in sections(report, worst))
    return document(f"Face detector, version {report.version}", report.run, (_summary(report), *shown))


def _summary(report: DetectorReport) -> Markup:
    told = {True: "verdict yes", False: "verdict no", None: "verdict"}[report.promotion.promoted]
    run, export = report.run, report.export
    pairs = [
        ("Data", ", ".join(f"{count:,} {part}" for part, count in report.data.pictures.items())),
        ("Time", duration(run.wall_seconds)),
        ("Memory at most", None if run.peak_memory_bytes is None else size(run.peak_memory_bytes)),
        ("Computed on", processors(run)),
        ("Model file", f"{size(export.bytes[export.precision])}, {export.precision}"),
        ("Note", report.note),
    ]
    return element(
        "section",
        paragraph(verdict(report.promotion), class_=told),
        paragraph(element("strong", headline(report))),
        facts(pairs),
        aria_label="Summary",
    )
