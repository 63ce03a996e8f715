"""A measured detector becomes a version in the registry."""

import csv
import hashlib
import json
from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime
from pathlib import Path

from shared.detector_manifest import FACE_MODEL, DetectorManifest, DetectorRegistry
from trainer.detector.album import Dropped, Page
from trainer.detector.card import detector_card
from trainer.detector.exported import OVERLAP, TAKES
from trainer.detector.promotion import Outcome, decide
from trainer.detector.report.account import report_of
from trainer.detector.report.files import write_local_report, write_version_report
from trainer.detector.report.record import DetectorReport
from trainer.detector.report.worst import worst_photographs
from trainer.detector.targets import STRIDES
from trainer.detector.trained import TrainedDetector
from trainer.report.record import Promotion

MODEL_FILE = "model.tflite"
# Paths name this machine's folders; what they held is in the fingerprint and the counts.
NOT_TOLD = {"faces", "boxes", "teacher", "registry", "work", "served", "reports", "resume", "fresh", "promote", "force"}


def publish(trained: TrainedDetector, now: datetime) -> Outcome:
    """Publish a version whole or not at all, and make it the current one if it passed its gate."""
    settings, measured = trained.settings, trained.measured
    registry = DetectorRegistry(settings.registry)
    reports: list[DetectorReport] = []

    def describe(version: int, folder: Path) -> DetectorManifest:
        manifest = _manifest(trained, version, now)
        reports.append(report_of(trained, manifest))
        _fill(trained, manifest, reports[-1], folder)
        return manifest

    # No number that the version served has, be it from another registry.
    manifest = registry.publish(describe, at_least=(measured.served.version or 0) + 1)
    promoted, reasons = decide(settings, manifest, measured.served)
    page = None
    if settings.reports is not None:
        last = Promotion(gate=manifest.gate, promoted=promoted, why="; ".join(reasons))
        report = reports[-1].model_copy(update={"promotion": last})
        page = write_local_report(report, worst_photographs(trained), settings.reports)
    return Outcome(manifest, promoted, reasons, page)


def _fill(trained: TrainedDetector, manifest: DetectorManifest, report: DetectorReport, folder: Path) -> None:
    (folder / MODEL_FILE).write_bytes(trained.model)
    (folder / "MODEL_CARD.md").write_text(detector_card(manifest), encoding="utf-8")
    _list_dropped(trained.lesson.dropped, folder / "dropped.csv")
    write_version_report(report, folder)


def _manifest(trained: TrainedDetector, version: int, now: datetime) -> DetectorManifest:
    measured = trained.measured
    return DetectorManifest(
        name=FACE_MODEL,
        version=version,
        created_at=now,
        model_file=MODEL_FILE,
        files={},
        metrics={trial.name: trial.figures for trial in measured.trials},
        training=_training(trained),
        input=TAKES.model_copy(update={"dtype": "uint8" if measured.precision == "int8" else "float32"}),
        strides=STRIDES,
        confidence_slope=measured.calibration.slope,
        confidence_offset=measured.calibration.offset,
        overlap=OVERLAP,
        gate=trained.gate,
    )


def _training(trained: TrainedDetector) -> dict[str, str | int | float]:
    lesson, settings = trained.lesson, trained.settings
    return {
        "data_fingerprint": _fingerprint([*lesson.photographs, *lesson.singles]),
        "code_version": _code_version(),
        "settings": json.dumps(settings.model_dump(mode="json", exclude=NOT_TOLD | {"note"})),
        "teacher": lesson.teacher,
        "photographs": len(lesson.photographs),
        "singles": len(lesson.singles),
        "dropped": len(lesson.dropped),
        "weights": trained.fitted.weights,
        "steps": trained.fitted.steps,
        "fitted_in": trained.fitted.precision,
        "false_faces": lesson.false_faces,
        "precision": trained.measured.precision,
        "note": settings.note,
    }


def _list_dropped(dropped: Sequence[Dropped], path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as lines:
        rows = csv.writer(lines, lineterminator="\n")
        rows.writerow(["file", "reason"])
        rows.writerows(astuple(each) for each in dropped)


def _fingerprint(pages: Sequence[Page]) -> str:
    digests = sorted(hashlib.sha256(page.pixels.tobytes() + page.faces.tobytes()).digest() for page in pages)
    return hashlib.sha256(b"".join(digests)).hexdigest()


def _code_version() -> str:
    sources = sorted(Path(__file__).parent.rglob("*.py"))
    return "trainer-detector-" + hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]
