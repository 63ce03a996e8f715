"""A detector's report on disk: one that goes with the version, and one with people that stays on this machine."""

from collections.abc import Sequence
from pathlib import Path

from trainer.detector.report.page import render
from trainer.detector.report.pictures import Worst
from trainer.detector.report.record import DetectorReport
from trainer.report.files import write_locally
from trainer.report.record import PAGE_FILE, REPORT_FILE, local_page


def write_version_report(report: DetectorReport, folder: Path) -> None:
    """Put ``report.json`` and ``report.html``, without any picture of people, among a version's files."""
    (folder / REPORT_FILE).write_text(_json(report), encoding="utf-8")
    (folder / PAGE_FILE).write_text(render(report), encoding="utf-8")


def write_local_report(report: DetectorReport, worst: Sequence[Worst], folder: Path) -> Path:
    """Write ``<folder>/<name>-<version>/report.html`` with photographs, for the owner alone; returns the page."""
    return write_locally(local_page(folder, report.name, report.version), _json(report), render(report, worst))


def _json(report: DetectorReport) -> str:
    return report.model_dump_json(indent=1) + "\n"
