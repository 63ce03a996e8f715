"""A measured detector becomes a version in the registry."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from shared.detector_manifest import DetectorInput, DetectorManifest, DetectorRegistry
from trainer.detector.album import Page
from trainer.detector.calibration import Calibration
from trainer.detector.card import detector_card
from trainer.detector.exported import MULTIPLE, OVERLAP, PADDING
from trainer.detector.settings import DetectorSettings, ModelPrecision
from trainer.detector.targets import STRIDES
from trainer.detector.trials import Trial

MODEL_FILE = "model.tflite"
# Paths name this machine's folders; what they held is in the fingerprint and the counts.
PATH_SETTINGS = {"faces", "boxes", "teacher", "registry", "work", "resume", "promote", "note"}


@dataclass(frozen=True)
class TrainedDetector:
    """All that a version is made of."""

    settings: DetectorSettings
    model: bytes  # the LiteRT file
    precision: ModelPrecision  # of it
    weights: int
    steps: int
    calibration: Calibration
    trials: tuple[Trial, ...]  # on validation photographs, and on those that only measure where there are any
    false_faces: int  # that were found half-way and shown again
    photographs: Sequence[Page]  # that it was taught
    singles: Sequence[Page]


def publish(trained: TrainedDetector, now: datetime) -> DetectorManifest:
    """Publish a version, and make it the current one if the settings say so."""
    registry = DetectorRegistry(trained.settings.registry)
    manifest = registry.publish(lambda version, folder: _describe(trained, version, folder, now))
    if trained.settings.promote:
        registry.promote(manifest.version)
    return manifest


def _describe(trained: TrainedDetector, version: int, folder: Path, now: datetime) -> DetectorManifest:
    (folder / MODEL_FILE).write_bytes(trained.model)
    manifest = DetectorManifest(
        name="face",
        version=version,
        created_at=now,
        model_file=MODEL_FILE,
        files={},
        metrics={trial.name: trial.figures for trial in trained.trials},
        training=_training(trained),
        input=DetectorInput(
            order="bgr", dtype="uint8" if trained.precision == "int8" else "float32", multiple=MULTIPLE, padding=PADDING
        ),
        strides=STRIDES,
        confidence_slope=trained.calibration.slope,
        confidence_offset=trained.calibration.offset,
        overlap=OVERLAP,
    )
    (folder / "MODEL_CARD.md").write_text(detector_card(manifest), encoding="utf-8")
    return manifest


def _training(trained: TrainedDetector) -> dict[str, str | int | float]:
    teacher = hashlib.sha256(trained.settings.teacher.read_bytes()).hexdigest()[:16]
    return {
        "data_fingerprint": _fingerprint([*trained.photographs, *trained.singles]),
        "code_version": _code_version(),
        "settings": json.dumps(trained.settings.model_dump(mode="json", exclude=PATH_SETTINGS)),
        "teacher": f"{trained.settings.teacher.name} sha256:{teacher}",
        "photographs": len(trained.photographs),
        "singles": len(trained.singles),
        "weights": trained.weights,
        "steps": trained.steps,
        "false_faces": trained.false_faces,
        "precision": trained.precision,
        "note": trained.settings.note,
    }


def _fingerprint(pages: Sequence[Page]) -> str:
    digests = sorted(hashlib.sha256(page.pixels.tobytes() + page.faces.tobytes()).digest() for page in pages)
    return hashlib.sha256(b"".join(digests)).hexdigest()


def _code_version() -> str:
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return "trainer-detector-" + hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]
