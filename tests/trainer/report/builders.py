"""A report in which every step has something to say."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from shared.messages import Label
from shared.model_registry import Answer, GateRecord
from trainer.crops import Crop
from trainer.data_set import Face
from trainer.report.measures import Answers, part_report
from trainer.report.pictures import Mistake
from trainer.report.record import (
    Evaluation,
    ExportReport,
    Fitting,
    NetworkReport,
    Preparation,
    Promotion,
    Run,
    SceneLabel,
    SceneReport,
    ShadowRecord,
    SplitCount,
    SplitReport,
    TrainingReport,
    Variation,
)

BARE, MASKED, INCORRECT = Label.WITHOUT_MASK, Label.WITH_MASK, Label.INCORRECT_MASK
TWO: tuple[Answer, ...] = (MASKED, BARE)
STARTED = datetime(2026, 11, 24, 12, tzinfo=UTC)


def some_answers(faces: int = 200, seed: int = 3, labels: tuple[Answer, ...] = TWO) -> Answers:
    """Mostly right answers about masked, bare and some wrongly worn masks."""
    random = np.random.default_rng(seed)
    truths: list[Answer] = [*random.choice(np.array([MASKED, BARE, INCORRECT], object), faces, p=[0.5, 0.4, 0.1])]
    logits = random.normal(0, 1.5, (faces, len(labels)))
    for row, truth in enumerate(truths):
        logits[row, labels.index(truth) if truth in labels else 1] += 3
    given = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return Answers(labels, given.astype(np.float32), truths)


def some_figures(accuracy: float = 0.98, faces: float = 200) -> dict[str, float]:
    """Figures as trainer.evaluation makes them."""
    found = {"faces": faces, "balanced_accuracy": accuracy, "incorrect_mask_faces": 20.0}
    for name in ("accuracy", "with_mask_accuracy", "without_mask_accuracy"):
        found |= {name: accuracy, f"{name}_low": accuracy - 0.02, f"{name}_high": min(accuracy + 0.01, 1)}
    return found | {"with_mask_faces": 120.0, "without_mask_faces": 80.0, "incorrect_mask_as_without_mask": 17.0}


def a_report(version: int = 7, source: str = "gate", **changes: object) -> TrainingReport:
    """A report of a version that was promoted; ``source`` is what the data calls one of its sources."""
    steps: dict[str, Any] = {
        "version": version,
        "run": a_run(),
        "preparation": a_preparation(),
        "augmentation": (Variation(name="seen small", how_often=0.6, how_much="14 to 90 pixels"),),
        "split": a_split(source),
        "network": NetworkReport(labels=TWO, size=96, alpha=1.0, began_with="weights.h5 sha256:ab12"),
        "fitting": a_fitting(),
        "evaluation": an_evaluation(source),
        "scenes": some_scenes(),
        "export": ExportReport(
            precision="float16", bytes=4_600_000, faces_compared=200, max_difference=0.004, mean_difference=0.0002,
            other_answers=1, milliseconds_a_face=1.1,
        ),
        "promotion": Promotion(
            gate=GateRecord(passed=True, compared_with=6),
            shadow=ShadowRecord(passed=True, seconds=300, faces=812, disagreements=9, shifts={"gate": 0.012}),
            promoted=True,
            why="better or equal everywhere",
        ),
    }  # fmt: skip
    return TrainingReport(**(steps | changes))


def a_short_report(source: str = "gate", **changes: object) -> TrainingReport:
    """A report without figures to draw, which takes a fraction of the time."""
    evaluation = Evaluation(figures={"test": some_figures(), f"test/{source}": some_figures()})
    return a_report(7, source, **({"fitting": Fitting(), "evaluation": evaluation} | changes))


def a_preparation() -> Preparation:
    return Preparation(found=1200, usable=1100, dropped={"no face found": 60, "duplicate": 40}, duplicates=40)


def a_run() -> Run:
    return Run(
        data_fingerprint="ab" * 32,
        code_version="trainer-0123456789ab",
        seed=1,
        settings={"size": 96, "alpha": 1.0, "promote": True, "holdout": None},
        started_at=STARTED,
        ended_at=STARTED + timedelta(minutes=14, seconds=5),
        seconds={"prepare": 71.2, "fine-tuning": 640.0},
        peak_memory_bytes=2_400_000_000,
        cores=2,
        software={"tensorflow": "2.21.0"},
    )


def a_split(source: str = "gate") -> SplitReport:
    rows = [(part, label, faces) for part, faces in (("train", 400), ("test", 90)) for label in TWO]
    return SplitReport(
        seed=1,
        clusters={"train": 700, "test": 160},
        faces=tuple(SplitCount(part=p, source=source, label=label, faces=n, clusters=n // 2) for p, label, n in rows),
        clusters_given=900,
        clusters_computed=200,
    )


def a_fitting(epochs: int = 8) -> Fitting:
    progress = np.linspace(0, 1, epochs)
    return Fitting(
        head_loss=tuple(0.3 + 0.4 * np.exp(-4 * np.linspace(0, 1, 30))),
        head_accuracy=tuple(np.linspace(0.7, 0.9, 30)),
        train_loss=tuple(0.2 + 0.3 * np.exp(-4 * progress)),
        train_accuracy=tuple(0.85 + 0.12 * progress),
        validation_loss=tuple(0.08 + 0.2 * np.exp(-3 * progress)),
        validation_accuracy=tuple(0.93 + 0.06 * progress),
        validation_balanced=tuple(0.92 + 0.06 * progress),
        learning_rate=tuple(3e-4 * (1 - 0.9 * progress)),
        best_epoch=epochs - 1,
        epochs_allowed=12,
        patience=5,
        stopped_early_at=epochs,
        frozen_layers=54,
    )


def an_evaluation(source: str = "gate") -> Evaluation:
    names = ("test", f"test/{source}", "test/24+ px", "test/0-24 px", "boxes test", "boxes test/24+ px")
    parts = tuple(part_report(name, some_answers(seed=seed), 1.3) for seed, name in enumerate(("test", "boxes test")))
    return Evaluation(figures={name: some_figures() for name in names}, parts=parts)


def some_scenes() -> SceneReport:
    label = SceneLabel(
        label=MASKED, faces=100, found=90, right=85, found_low=0.83, found_high=0.94, right_low=0.77, right_high=0.91
    )
    return SceneReport(
        detector="YuNet", remark="The teacher.", photographs=40, labels=(label,), false_faces=8, min_face_px=24,
        true_compliance=0.84, reported_compliance=0.81,
    )  # fmt: skip


def a_face(label: Answer = BARE, source: str = "gate", file: str = "boxes/test/a.jpg", cluster: str = "1") -> Face:
    return Face(Path(file), source, label, cluster)


def a_crop(label: Answer = BARE, source: str = "gate", file: str = "boxes/test/a.jpg", width_px: float = 40) -> Crop:
    pixels = np.random.default_rng(1).integers(0, 256, (96, 96, 3), np.uint8)
    return Crop(a_face(label, source, file), pixels, width_px)


def a_mistake(source: str = "gate", file: str = "faces/gate/a.jpg") -> Mistake:
    crop = a_crop(BARE, source, file)
    return Mistake("test", source, file, BARE, MASKED, 0.97, 40, crop.pixels)
