"""A detector's report in which every section has something to say."""

from datetime import UTC, datetime, timedelta

import numpy as np

from shared.messages import Label
from shared.model_registry import GateRecord
from trainer.detector.album import KINDS
from trainer.detector.calibration import CLEAR, Calibration
from trainer.detector.measuring import Findings
from trainer.detector.report.record import (
    CalibrationReport,
    DataReport,
    DetectorReport,
    ExportReport,
    FaceCount,
    FittingReport,
    NetworkReport,
)
from trainer.detector.report.tables import bins_of, trial_report
from trainer.detector.settings import ModelPrecision
from trainer.detector.trials import Trial
from trainer.report.record import Promotion, Run, Variation

STARTED = datetime(2026, 11, 24, 12, tzinfo=UTC)


def some_findings(good: float = 2.0, seed: int = 1, photographs: int = 60) -> Findings:
    """Masked faces found a little more often than bare ones, and some false ones."""
    rng = np.random.default_rng(seed)
    kinds = np.repeat(np.arange(len(KINDS)), (120, 40, 6)).astype(np.int8)
    at = rng.normal(good, 1.5, len(kinds)) - 0.4 * (kinds == KINDS.index(Label.WITHOUT_MASK))
    at[rng.random(len(kinds)) < 0.05] = -np.inf
    widths = rng.uniform(26, 120, len(kinds))
    return Findings(
        photographs, at.astype(np.float32), widths.astype(np.float32), kinds, rng.normal(-1, 1, 90).astype(np.float32)
    )


def a_trial(name: str, part: str, precision: ModelPrecision | None = None, zoom: float = 1.0, ms: float = 12) -> Trial:
    return Trial(name, part, some_findings(1.5 + zoom / 2, seed=len(name)), ms * zoom**2, 0.0, precision, zoom)


def some_trials() -> list[Trial]:
    """As a training measures them: both files at two sizes, the served version, and two others."""
    trials = [a_trial("ours (float16)", "validation", "float16"), a_trial("ours (int8)", "validation", "int8", ms=5)]
    trials += [a_trial("version 1", "validation", ms=15)]
    for zoom, shown in ((1.0, ""), (1.5, " at 1.5 of the size")):
        trials += [a_trial(f"ours (float16){shown}", "test", "float16", zoom)]
        trials += [a_trial(f"ours (int8){shown}", "test", "int8", zoom, ms=5)]
    return [*trials, a_trial("YuNet", "test", ms=11), a_trial("Haar frontalface_default", "test", ms=80)]


def a_detector_report(note: str = "", **changes: object) -> DetectorReport:
    trials, calibration = some_trials(), Calibration(1.2, 0.4)
    chosen = {each.part: each for each in trials if each.precision == "int8" and each.zoom == 1}
    steps = tuple(range(50, 5000, 50))
    report = DetectorReport(
        version=2,
        note=note,
        run=Run(
            data_fingerprint="ab" * 32,
            code_version="trainer-detector-1",
            seed=1,
            settings={"minutes": 100.0},
            started_at=STARTED,
            ended_at=STARTED + timedelta(minutes=118),
            seconds={"fitting": 6000.0},
            peak_memory_bytes=3_000_000_000,
            cores=2,
        ),
        data=DataReport(
            pictures={"photographs, taught": 354, "photographs, test": 180},
            faces=(
                FaceCount(
                    part="photographs, test", label=Label.WITH_MASK, pictures=150, sizes={"24-40": 169, "80+": 63}
                ),
            ),
            teacher="yunet.onnx sha256:ab12",
            dropped={"the teacher finds no face": 31},
            validation_share=0.15,
        ),
        scenes=(Variation(name="scene: photograph", how_often=0.4, how_much="a look at it"),),
        network=NetworkReport(
            weights=1_600_000,
            strides=(8, 16),
            widths=(64, 96),
            sides_px=((8.0, 48.0), (32.0, 1e4)),
            patch_px=4,
            fitted_in="float32",
        ),
        fitting=FittingReport(
            minutes=100,
            steps=steps[-1],
            batch=12,
            learning_rate=0.003,
            at_step=steps,
            loss=tuple(1 / step**0.3 for step in steps),
            rate=tuple(0.003 * (1 - step / 5000) for step in steps),
            mined_after=(0.3, 0.8),
            mined_at_step=(2000, 5000),
            false_faces=412,
        ),
        equal_false_faces=0.2,
        trials=tuple(trial_report(each, 0.2) for each in trials),
        calibration=CalibrationReport(
            slope=1.2,
            offset=0.4,
            clear=CLEAR,
            bins={part: bins_of(trial, calibration) for part, trial in chosen.items()},
        ),
        export=ExportReport(
            precision="int8",
            bytes={"float16": 3_200_000, "int8": 1_700_000},
            equal_recall={"float16": 0.91, "int8": 0.905},
        ),
        promotion=Promotion(gate=GateRecord(passed=True, compared_with=1), promoted=True, why="not worse"),
    )
    return report.model_copy(update=changes)
