"""A training from the first picture to the version that is served, top to bottom."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from shared.model_registry import Manifest
from trainer.account import Trained, mistakes_of, samples_of
from trainer.augmentation import centres
from trainer.batches import Pictures
from trainer.beginnings import beginning
from trainer.conversion import to_litert
from trainer.cutters import reading, teacher_of
from trainer.data_set import Face
from trainer.evaluation import ExportedNetwork
from trainer.export import publish
from trainer.fitting import Fitted, fit
from trainer.measuring import measure
from trainer.network import model_input
from trainer.parts import Parts, load_parts, taught
from trainer.promotion import Served, decide, judge_served, pass_gate
from trainer.report.files import write_local_report
from trainer.report.finders import finder_for
from trainer.report.machine import Stopwatch
from trainer.report.record import Promotion, SceneReport
from trainer.report.scenes import Scene, Trial, scene_report
from trainer.settings import OnProgress, TrainProgress, TrainSettings


@dataclass(frozen=True)
class Outcome:
    """What came of a training."""

    manifest: Manifest
    promoted: bool
    reasons: tuple[str, ...]  # why it is served, or why not
    report: Path | None = None  # the local page


def train(settings: TrainSettings, on_progress: OnProgress) -> Outcome:
    """Train a classifier on labelled faces, publish it as a new version, and serve it if it passes.

    Nothing is published unless everything succeeded.

    Raises:
        TrainingRefused: the data, weights or teacher cannot be used; one line says why.
    """
    stopwatch, started_at = Stopwatch(), datetime.now(UTC)
    begin = beginning(settings)  # a wrong name is said at once, not after minutes of reading
    with stopwatch.step("reading pictures"):
        parts = load_parts(settings, on_progress)
        settings = settings.model_copy(update={"classes": taught(settings.classes, parts.split.train)})
    with stopwatch.step("training"):
        fitted = fit(settings, begin, *_pictures(settings, parts), on_progress)
    with stopwatch.step("exporting"):
        on_progress(TrainProgress("exporting", 0, 1))
        model = _exported(settings, parts, fitted)
    with stopwatch.step("measuring"):
        network = ExportedNetwork(model)
        measured = measure(settings, parts, network, on_progress)
        scenes = _scenes(settings, parts.other_source, network, on_progress)
        served = judge_served(settings, measured, on_progress)
    gate = pass_gate(settings, measured, served)
    trained = Trained(
        settings, parts, begin.name, _teacher(settings), fitted, model, measured, scenes, gate, started_at, stopwatch
    )
    return _publish(trained, served, on_progress)


def _publish(trained: Trained, served: Served, on_progress: OnProgress) -> Outcome:
    on_progress(TrainProgress("publishing", 0, 1))
    manifest, report = publish(trained, datetime.now(UTC))
    decision = decide(trained.settings, manifest, trained.measured, served, on_progress)
    page = None
    if trained.settings.reports is not None:
        last = Promotion(
            gate=decision.gate, shadow=decision.shadow, promoted=decision.promoted, why="; ".join(decision.reasons)
        )
        page = write_local_report(
            report.model_copy(update={"promotion": last}),
            mistakes_of(trained.measured),
            trained.settings.reports,
            samples_of(trained),
        )
    on_progress(TrainProgress("publishing", 1, 1))
    return Outcome(manifest, decision.promoted, decision.reasons, page)


def _pictures(settings: TrainSettings, parts: Parts) -> tuple[Pictures, Pictures]:
    # The validation that chooses the epoch asks for the two labels that matter, and for what has a class of its own.
    return (
        parts.pictures(parts.split.train, settings, settings.incorrect_masks),
        parts.pictures(parts.split.validation, settings, "leave_out"),
    )


def _exported(settings: TrainSettings, parts: Parts, fitted: Fitted) -> bytes:
    pictures = np.stack([crop.pixels for crop in parts.split.train])
    return to_litert(fitted.network, settings.precision, centres(pictures, settings.size))


def _scenes(
    settings: TrainSettings, annotated: list[Face], network: ExportedNetwork, on_progress: OnProgress
) -> tuple[list[Scene], SceneReport | None]:
    """Detection plus classification on the photographs that only measure."""
    finder = finder_for(teacher_of(settings))
    trial = Trial(finder, network.probabilities, settings.classes, model_input(settings))
    scenes = trial.look(annotated)
    reading(len(scenes), on_progress, "measuring")(len(scenes))
    return scenes, scene_report(scenes, finder)


def _teacher(settings: TrainSettings) -> str:
    if settings.teacher is None:
        return "none: pictures are taken whole"
    return f"{settings.teacher.name} sha256:{hashlib.sha256(settings.teacher.read_bytes()).hexdigest()[:16]}"
