"""The report of a training, put together from all that it made."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np

from shared.model_registry import GateRecord
from trainer.code_version import code_version
from trainer.data_set import Face
from trainer.evaluation import ExportedNetwork, Judged
from trainer.fitting import Fitted
from trainer.measuring import HOLDOUT, Measured, milliseconds_a_face
from trainer.network import PIXEL_OFFSET, PIXEL_SCALE
from trainer.parts import Parts
from trainer.report.counting import preparation, split_report
from trainer.report.machine import Stopwatch, cores, gpu, peak_memory_bytes, software
from trainer.report.measures import Answers, part_report
from trainer.report.pictures import Mistake, worst_mistakes
from trainer.report.record import (
    Evaluation,
    ExportReport,
    Fitting,
    NetworkReport,
    Promotion,
    Run,
    SceneReport,
    TrainingReport,
)
from trainer.report.scene_pictures import samples
from trainer.report.scenes import Scene
from trainer.report.variations import variations
from trainer.settings import TrainSettings
from trainer.validation import History

# Paths name this machine's folders; what they held is in the fingerprint and the counts.
PATH_SETTINGS = {"data", "registry", "boxes", "holdout", "corrections", "reports", "weights", "teacher", "state_redis"}
SAMPLES = 12  # photographs in the local report


@dataclass(frozen=True)
class Trained:
    """All that a version is made of."""

    settings: TrainSettings
    parts: Parts
    began_with: str
    teacher: str
    fitted: Fitted
    model: bytes  # the LiteRT file
    measured: Measured
    scenes: tuple[list[Scene], SceneReport | None]
    gate: GateRecord
    started_at: datetime
    stopwatch: Stopwatch = field(default_factory=Stopwatch)


def report_of(trained: Trained, version: int, now: datetime) -> TrainingReport:
    """The report as it goes into the version's folder, before anybody has decided to serve it."""
    settings, parts = trained.settings, trained.parts
    return TrainingReport(
        version=version,
        run=_run(trained, now),
        preparation=preparation(parts.found - len(parts.dropped), parts.dropped, trained.teacher),
        augmentation=variations(),
        split=_split(settings, parts),
        network=_network(trained),
        fitting=_fitting(settings, trained.fitted.history),
        evaluation=_evaluation(trained.measured),
        scenes=trained.scenes[1],
        export=_export(trained),
        promotion=Promotion(gate=trained.gate),
    )


def mistakes_of(measured: Measured) -> list[Mistake]:
    """The surest wrong answers of every part, for people who may see them."""
    return [
        mistake
        for name, judged in measured.parts.items()
        for mistake in worst_mistakes(name, _answers(judged), [each.crop for each in judged], measured.temperature)
    ]


def samples_of(trained: Trained) -> Any:  # noqa: ANN401
    """Test photographs with their boxes drawn."""
    return samples(trained.scenes[0], SAMPLES)


def settings_without_paths(settings: TrainSettings) -> dict[str, Any]:
    """What the records may tell of the settings."""
    return settings.model_dump(mode="json", exclude=PATH_SETTINGS)


def _run(trained: Trained, now: datetime) -> Run:
    settings = settings_without_paths(trained.settings)
    flat = {
        name: value if isinstance(value, str | int | float | None) else str(value) for name, value in settings.items()
    }
    return Run(
        data_fingerprint=trained.parts.fingerprint,
        code_version=code_version(),
        seed=trained.settings.seed,
        settings=flat,
        started_at=trained.started_at,
        ended_at=now,
        seconds={step: round(seconds, 1) for step, seconds in trained.stopwatch.seconds.items()},
        peak_memory_bytes=peak_memory_bytes(),
        cores=cores(),
        software=software(),
        gpu=gpu(),
    )


def _split(settings: TrainSettings, parts: Parts) -> Any:  # noqa: ANN401
    faces: dict[str, list[Face]] = {
        name: [crop.face for crop in crops]
        for name, crops in (
            ("train", parts.split.train),
            ("validation", parts.split.validation),
            ("test", parts.split.test),
        )
    }
    everyone = [face for members in faces.values() for face in members]
    computed = sum(face.cluster.startswith("like ") for face in everyone)
    return split_report(faces, settings.split_seed, len(everyone) - computed, computed)


def _network(trained: Trained) -> NetworkReport:
    settings = trained.settings
    return NetworkReport(
        labels=settings.classes,
        size=settings.size,
        alpha=settings.alpha,
        began_with=trained.began_with,
        parameters=int(trained.fitted.network.count_params()),
        preprocessing=(
            f"the square around the face, {settings.crop_margin:.0%} wider on each side, at {settings.size} px, RGB, "
            f"each pixel times {PIXEL_SCALE:.6f} plus {PIXEL_OFFSET:g}"
        ),
    )


def _fitting(settings: TrainSettings, history: History) -> Fitting:
    epochs = len(history.train_loss)
    return Fitting(
        head_loss=tuple(history.head_loss),
        head_accuracy=tuple(history.head_accuracy),
        train_loss=tuple(history.train_loss),
        train_accuracy=tuple(history.train_accuracy),
        validation_loss=tuple(history.validation_loss),
        validation_accuracy=tuple(history.validation_accuracy),
        validation_balanced=tuple(history.validation_balanced),
        learning_rate=tuple(history.learning_rate),
        best_epoch=history.best_epoch + 1,
        epochs_allowed=settings.epochs,
        patience=settings.patience,
        stopped_early_at=epochs if epochs < settings.epochs else None,
        frozen_layers=settings.frozen_layers,
    )


def _evaluation(measured: Measured) -> Evaluation:
    behind = [part_report(name, _answers(judged), measured.temperature) for name, judged in measured.parts.items()]
    return Evaluation(figures=measured.figures, parts=tuple(behind))


def _export(trained: Trained) -> ExportReport:
    judged = [each for name in HOLDOUT for each in trained.measured.parts.get(name, [])][:512]
    given = np.stack([each.probabilities for each in judged])
    pixels = np.stack([each.crop.pixels for each in judged]).astype(np.float32)
    original = np.asarray(trained.fitted.network.predict_on_batch(pixels * PIXEL_SCALE + PIXEL_OFFSET))
    differences = np.abs(given - original)
    return ExportReport(
        precision=trained.settings.precision,
        bytes=len(trained.model),
        faces_compared=len(judged),
        max_difference=float(differences.max()),
        mean_difference=float(differences.mean()),
        other_answers=int((given.argmax(axis=1) != original.argmax(axis=1)).sum()),
        milliseconds_a_face=milliseconds_a_face(ExportedNetwork(trained.model), judged),
    )


def _answers(judged: list[Judged]) -> Answers:
    return Answers(
        labels=judged[0].classes,
        probabilities=np.stack([each.probabilities for each in judged]),
        truths=[each.crop.face.label for each in judged],
    )
