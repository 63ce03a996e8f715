"""A report on disk: one that goes with the version, and one with pictures of people that stays on this machine."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from trainer.report.page import render
from trainer.report.pictures import Mistake, Pictures, Sample
from trainer.report.record import PAGE_FILE, REPORT_FILE, TrainingReport, local_page


def write_version_report(report: TrainingReport, folder: Path) -> None:
    """Put ``report.json`` and ``report.html``, without any picture of people, among a version's files."""
    (folder / REPORT_FILE).write_text(_json(report), encoding="utf-8")
    (folder / PAGE_FILE).write_text(render(report), encoding="utf-8")


def write_local_report(
    report: TrainingReport, mistakes: Sequence[Mistake], folder: Path, samples: Sequence[Sample] = ()
) -> Path:
    """Write ``<folder>/<name>-<version>/report.html`` with thumbnails, and the JSON beside it; returns the page.

    Each file replaces that of an earlier report whole. Nobody but the owner may read them.
    """
    page = local_page(folder, report.name, report.version)
    return write_locally(page, _json(report), render(report, Pictures(mistakes, samples)))


def write_locally(page: Path, record: str, shown: str) -> Path:
    """Write a page and, beside it, its record, each whole and for the owner alone; returns the page."""
    page.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _replace(page.parent / REPORT_FILE, record)
    _replace(page, shown)
    return page


def _json(report: TrainingReport) -> str:
    return report.model_dump_json(indent=1) + "\n"


def _replace(path: Path, text: str) -> None:
    # Temporary files are made for the owner alone.
    descriptor, staged = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as lines:
            lines.write(text)
        Path(staged).replace(path)
    except BaseException:
        Path(staged).unlink(missing_ok=True)
        raise
