"""A trained network becomes a version in the model registry: LiteRT file, manifest, golden pictures, card."""

import contextlib
import csv
import hashlib
import io
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np

from shared.model_registry import GoldenCheck, Manifest, ModelInput, ModelRegistry
from trainer.data_set import LABELS
from trainer.evaluation import ExportedNetwork, Figures
from trainer.golden import golden_pictures
from trainer.model_card import model_card
from trainer.network import PIXEL_OFFSET, PIXEL_SCALE, Network
from trainer.parts import Parts, counts
from trainer.plots import save_curves
from trainer.settings import TrainSettings
from trainer.validation import History

MODEL_FILE = "model.tflite"
# Paths name this machine's folders; what they held is in the fingerprint and the counts.
PATH_SETTINGS = {"data", "registry", "boxes", "weights", "teacher", "promote"}


@dataclass(frozen=True)
class Trained:
    """All that a version is made of."""

    settings: TrainSettings
    model: bytes  # the LiteRT file
    temperature: float
    metrics: dict[str, Figures]
    history: History
    parts: Parts


def to_litert(network: Network) -> bytes:
    """The network as a LiteRT file with float16 weights, which XNNPACK widens when it loads them."""
    import tensorflow as tf  # noqa: PLC0415 - seconds to import, which --help need not wait for

    converter = tf.lite.TFLiteConverter.from_keras_model(network)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]
    # The converter prints where it keeps its temporary files.
    with contextlib.redirect_stdout(io.StringIO()):
        return bytes(converter.convert())


def publish(trained: Trained, now: datetime) -> Manifest:
    """Publish a version, and make it the current one if the settings say so."""
    registry = ModelRegistry(trained.settings.registry)
    manifest = registry.publish(lambda version, folder: _describe(trained, version, folder, now))
    if trained.settings.promote:
        registry.promote(manifest.version)
    return manifest


def _describe(trained: Trained, version: int, folder: Path, now: datetime) -> Manifest:
    settings = trained.settings
    (folder / MODEL_FILE).write_bytes(trained.model)
    save_curves(trained.history, folder / "curves.png")
    _list_dropped(trained.parts, folder / "dropped.csv")
    manifest = Manifest(
        name="mask",
        version=version,
        created_at=now,
        model_file=MODEL_FILE,
        labels=LABELS,
        input=ModelInput(
            width=settings.size,
            height=settings.size,
            scale=PIXEL_SCALE,
            offset=PIXEL_OFFSET,
            crop_margin=settings.crop_margin,
        ),
        temperature=trained.temperature,
        files={},
        golden=_golden(ExportedNetwork(trained.model), settings.size, folder),
        metrics=trained.metrics,
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
    settings, split = trained.settings, trained.parts.split
    return {
        "data_fingerprint": trained.parts.fingerprint,
        "code_version": code_version(),
        "settings": json.dumps(settings.model_dump(mode="json", exclude=PATH_SETTINGS)),
        "weights": _name_and_digest(settings.weights),
        "teacher": _name_and_digest(settings.teacher),
        "train_faces": json.dumps(counts(split.train)),
        "validation_faces": json.dumps(counts(split.validation)),
        "test_faces": json.dumps(counts(split.test)),
        "dropped": len(trained.parts.dropped),
        "epochs": len(trained.history.train_loss),
        "best_epoch": trained.history.best_epoch + 1,
    }


def code_version() -> str:
    """A digest of this package's source, which is the same wherever it is installed."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return "trainer-" + hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]


def _name_and_digest(path: Path | None) -> str:
    if path is None:
        return "none"
    return f"{path.name} sha256:{hashlib.sha256(path.read_bytes()).hexdigest()[:16]}"


def _list_dropped(parts: Parts, path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as lines:
        rows = csv.writer(lines, lineterminator="\n")
        rows.writerow(["file", "reason"])
        rows.writerows(["/".join(each.file.parts[-3:]), each.reason] for each in parts.dropped)
