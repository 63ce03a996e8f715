"""A trained network becomes a version in the model registry: LiteRT file, manifest, golden pictures, card, report."""

import csv
import json
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np

from shared.model_registry import GoldenCheck, Manifest, ModelRegistry
from trainer.account import Trained, report_of, settings_without_paths
from trainer.beginnings import TRUNK_FILE, save_trunk
from trainer.code_version import code_version
from trainer.evaluation import ExportedNetwork
from trainer.golden import golden_pictures
from trainer.model_card import model_card
from trainer.network import model_input
from trainer.parts import Parts, counts
from trainer.plots import save_curves
from trainer.report.files import write_version_report
from trainer.report.record import TrainingReport

MODEL_FILE = "model.tflite"


def publish(trained: Trained, now: datetime) -> tuple[Manifest, TrainingReport]:
    """Publish a version, whole or not at all, without serving it."""
    registry = ModelRegistry(trained.settings.registry)
    reports: list[TrainingReport] = []

    def describe(version: int, folder: Path) -> Manifest:
        reports.append(report_of(trained, version, now))
        write_version_report(reports[-1], folder)
        return _describe(trained, version, folder, now)

    manifest = registry.publish(describe)
    return manifest, reports[-1]


def _describe(trained: Trained, version: int, folder: Path, now: datetime) -> Manifest:
    settings = trained.settings
    (folder / MODEL_FILE).write_bytes(trained.model)
    save_trunk(trained.fitted.trunk.get_weights(), folder / TRUNK_FILE)
    save_curves(trained.fitted.history, folder / "curves.png")
    _list_dropped(trained.parts, folder / "dropped.csv")
    manifest = Manifest(
        name="mask",
        version=version,
        created_at=now,
        model_file=MODEL_FILE,
        labels=settings.classes,
        input=model_input(settings),
        temperature=trained.measured.temperature,
        files={},
        golden=_golden(ExportedNetwork(trained.model), settings.size, folder),
        gate=trained.gate,
        metrics=trained.measured.figures,
        training=_training(trained),
    )
    (folder / "MODEL_CARD.md").write_text(model_card(manifest), encoding="utf-8")
    return manifest


def _golden(network: ExportedNetwork, size: int, folder: Path) -> tuple[GoldenCheck, ...]:
    (folder / "golden").mkdir()
    checks = []
    for name, picture in golden_pictures(size).items():
        file = f"golden/{name}.png"
        cv2.imwrite(str(folder / file), picture[:, :, ::-1])
        given = network.probabilities(picture[np.newaxis])[0]
        checks.append(GoldenCheck(file=file, probabilities=tuple(float(each) for each in given)))
    return tuple(checks)


def _training(trained: Trained) -> dict[str, str | int | float]:
    split, history = trained.parts.split, trained.fitted.history
    return {
        "data_fingerprint": trained.parts.fingerprint,
        "code_version": code_version(),
        "settings": json.dumps(settings_without_paths(trained.settings)),
        "weights": trained.began_with,
        "teacher": trained.teacher,
        "train_faces": json.dumps(counts(split.train)),
        "validation_faces": json.dumps(counts(split.validation)),
        "test_faces": json.dumps(counts(split.test)),
        "dropped": len(trained.parts.dropped),
        "epochs": len(history.train_loss),
        "best_epoch": history.best_epoch + 1,
    }


def _list_dropped(parts: Parts, path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as lines:
        rows = csv.writer(lines, lineterminator="\n")
        rows.writerow(["file", "reason"])
        rows.writerows(["/".join(each.file.parts[-3:]), each.reason] for each in parts.dropped)
