"""The report of a training, put together from all that it made."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from shared.detector_manifest import DetectorManifest
from shared.messages import Label
from trainer.detector import network, targets
from trainer.detector.album import KINDS, VALIDATION_SHARE, Page
from trainer.detector.calibration import CLEAR
from trainer.detector.measuring import SIZES
from trainer.detector.report.record import (
    CalibrationReport,
    DataReport,
    DetectorReport,
    ExportReport,
    FaceCount,
    FittingReport,
    NetworkReport,
)
from trainer.detector.report.tables import bins_of, mean_recall, trial_report
from trainer.detector.report.variations import variations
from trainer.detector.trained import TrainedDetector
from trainer.detector.training import MINED_AFTER
from trainer.report.machine import cores, gpu, peak_memory_bytes, software
from trainer.report.record import Promotion, Run

BELOW = "below 24"


def report_of(trained: TrainedDetector, manifest: DetectorManifest) -> DetectorReport:
    """The report as it goes into the version's folder, before anybody has decided to serve it."""
    false_faces = trained.settings.margins.false_faces
    return DetectorReport(
        version=manifest.version,
        note=trained.settings.note,
        run=_run(trained, manifest),
        data=_data(trained),
        scenes=variations(),
        network=NetworkReport(
            weights=trained.fitted.weights,
            strides=targets.STRIDES,
            widths=network.WIDTHS,
            sides_px=targets.SIDES_PX,
            patch_px=network.PATCH_PX,
            fitted_in=trained.fitted.precision,
        ),
        fitting=_fitting(trained),
        equal_false_faces=false_faces,
        trials=tuple(trial_report(each, false_faces) for each in trained.measured.trials),
        calibration=_calibration(trained),
        export=_export(trained),
        promotion=Promotion(gate=trained.gate),
    )


def _run(trained: TrainedDetector, manifest: DetectorManifest) -> Run:
    settings = trained.settings
    told = ("minutes", "batch", "learning_rate", "weight_decay", "precision", "seed")
    margins = ", ".join(f"{name} {value:g}" for name, value in settings.margins.model_dump().items())
    return Run(
        data_fingerprint=str(manifest.training["data_fingerprint"]),
        code_version=str(manifest.training["code_version"]),
        seed=settings.seed,
        settings={name: getattr(settings, name) for name in told} | {"margins": margins},
        started_at=trained.started_at,
        ended_at=manifest.created_at,
        seconds={step: round(seconds, 1) for step, seconds in trained.stopwatch.seconds.items()},
        peak_memory_bytes=peak_memory_bytes(),
        cores=cores(),
        software=software(),
        gpu=gpu(),
    )


def _data(trained: TrainedDetector) -> DataReport:
    lesson = trained.lesson
    parts = {
        "photographs, taught": lesson.photographs,
        **{f"photographs, {part}": pages for part, pages in trained.measured.pages.items() if pages},
        "pictures of one face": lesson.singles,
    }
    return DataReport(
        pictures={part: len(pages) for part, pages in parts.items()},
        faces=tuple(row for part, pages in parts.items() for row in _faces(part, pages)),
        teacher=lesson.teacher,
        dropped=dict(Counter(each.reason for each in lesson.dropped).most_common()),
        validation_share=VALIDATION_SHARE,
    )


def _faces(part: str, pages: Sequence[Page]) -> Iterator[FaceCount]:
    bounds = {name: limits for name, limits in SIZES.items() if name != "all"}
    for label in Label:
        kind = KINDS.index(label)
        widths = np.concatenate([(page.faces[:, 2] - page.faces[:, 0])[page.kinds == kind] for page in pages])
        if len(widths):
            sizes = {name: int(((widths >= low) & (widths < high)).sum()) for name, (low, high) in bounds.items()}
            sizes = {BELOW: len(widths) - sum(sizes.values())} | sizes
            pictures = sum(bool((page.kinds == kind).any()) for page in pages)
            yield FaceCount(part=part, label=label, pictures=pictures, sizes=sizes)


def _fitting(trained: TrainedDetector) -> FittingReport:
    settings, rows = trained.settings, trained.fitted.losses
    mined_s = [part * settings.minutes * 60 for part in MINED_AFTER]
    return FittingReport(
        minutes=settings.minutes,
        steps=trained.fitted.steps,
        batch=settings.batch,
        learning_rate=settings.learning_rate,
        at_step=tuple(row.step for row in rows),
        loss=tuple(row.loss for row in rows),
        rate=tuple(row.learning_rate for row in rows),
        mined_after=MINED_AFTER,
        mined_at_step=tuple(max((row.step for row in rows if row.seconds <= after), default=0) for after in mined_s),
        false_faces=trained.lesson.false_faces,
    )


def _calibration(trained: TrainedDetector) -> CalibrationReport:
    calibration = trained.measured.calibration
    return CalibrationReport(
        slope=calibration.slope,
        offset=calibration.offset,
        clear=CLEAR,
        bins={part: bins_of(trial, calibration) for part, trial in trained.measured.of_chosen.items()},
    )


def _export(trained: TrainedDetector) -> ExportReport:
    false_faces = trained.settings.margins.false_faces
    chosen_by = [each for each in trained.measured.trials if each.precision and each.part == "validation"]
    return ExportReport(
        precision=trained.measured.precision,
        bytes={name: len(model) for name, model in trained.models.items()},
        equal_recall={str(each.precision): mean_recall(each, false_faces) for each in chosen_by},
    )
