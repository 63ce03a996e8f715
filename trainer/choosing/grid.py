"""The networks to compare, each trained once and exported in every precision."""

import time
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import get_args

import numpy as np
from pydantic import BaseModel, ConfigDict

from shared.model_registry import Answer
from trainer.augmentation import centres
from trainer.beginnings import beginning
from trainer.conversion import to_litert
from trainer.crops import Crop, cut_all
from trainer.cutters import exact_cutter, reading
from trainer.data_set import Face
from trainer.evaluation import FACES_A_CALL, ExportedNetwork, Figures, breakdown, judge
from trainer.fitting import Fitted, fit
from trainer.parts import Parts, load_parts
from trainer.settings import OnProgress, Precision, TrainSettings

TIMED_CALLS = 40
PART = "part"


class Candidate(BaseModel):
    """One network in one precision: how good and how fast it is."""

    model_config = ConfigDict(frozen=True)

    size: int
    alpha: float
    classes: tuple[Answer, ...]
    precision: Precision
    kilobytes: int
    faces_a_second: float  # one thread, FACES_A_CALL at once
    epochs: int
    train_seconds: float
    figures: dict[str, Figures]  # "validation", "test", "boxes validation", "boxes test", of 24 px up where it says so


def compare(
    variants: Sequence[TrainSettings], on_progress: OnProgress, keep: Path | None = None
) -> Iterator[Candidate]:
    """Train each variant and measure it in each precision; the files go to ``keep``, if given.

    Raises:
        TrainingRefused: data or weights cannot be used.
    """
    for settings in variants:
        parts = load_parts(settings, on_progress)
        started = time.monotonic()
        fitted = _fit(settings, parts, on_progress)
        seconds = time.monotonic() - started
        measured = _measured_crops(settings, parts, on_progress)
        pictures = centres(np.stack([crop.pixels for crop in parts.split.train]), settings.size)
        for precision in get_args(Precision):
            model = to_litert(fitted.network, precision, pictures)
            if keep is not None:
                (keep / f"{settings.size}-{settings.alpha:g}-{len(settings.classes)}-{precision}.tflite").write_bytes(
                    model
                )
            yield _candidate(settings.model_copy(update={"precision": precision}), model, measured, fitted, seconds)


def variants(base: TrainSettings, sizes: Sequence[int], weights: dict[float, Path]) -> list[TrainSettings]:
    """The base settings at every size and width, each width with its pretrained weights."""
    return [
        base.model_copy(update={"size": size, "alpha": alpha, "weights": str(weights[alpha])})
        for alpha, size in product(weights, sizes)
    ]


def _fit(settings: TrainSettings, parts: Parts, on_progress: OnProgress) -> Fitted:
    train = parts.pictures(parts.split.train, settings, settings.incorrect_masks)
    validation = parts.pictures(parts.split.validation, settings, "leave_out")
    return fit(settings, beginning(settings), train, validation, on_progress)


def _measured_crops(settings: TrainSettings, parts: Parts, on_progress: OnProgress) -> dict[str, list[Crop]]:
    validation = [crop.face for crop in parts.split.validation]
    groups: dict[str, list[Face]] = {
        "validation": [face for face in validation if face.source != "boxes"],
        "boxes validation": [face for face in validation if face.source == "boxes"],
        "test": [crop.face for crop in parts.split.test],
        "boxes test": parts.other_source,
    }
    cutter = exact_cutter(settings, settings.crop_margin, settings.size)
    return {
        name: cut_all(faces, cutter, reading(len(faces), on_progress, "measuring"))[0]
        for name, faces in groups.items()
        if faces
    }


def _candidate(
    settings: TrainSettings, model: bytes, crops: dict[str, list[Crop]], fitted: Fitted, seconds: float
) -> Candidate:
    network = ExportedNetwork(model)
    figures: dict[str, Figures] = {}
    for part, members in crops.items():
        found = breakdown(part, judge(network, members, settings.classes))
        figures |= {name: found[name] for name in (part, f"{part}/24+ px") if name in found}
    return Candidate(
        size=settings.size,
        alpha=settings.alpha,
        classes=settings.classes,
        precision=settings.precision,
        kilobytes=len(model) // 1024,
        faces_a_second=_speed(model, settings.size),
        epochs=len(fitted.history.train_loss),
        train_seconds=round(seconds, 1),
        figures=figures,
    )


def _speed(model: bytes, size: int) -> float:
    """Faces a second by the fastest of several calls, which other work on the machine disturbs least."""
    network = ExportedNetwork(model, threads=1)
    faces = np.random.default_rng(1).integers(0, 256, (FACES_A_CALL, size, size, 3), np.uint8)
    fastest = float("inf")
    for _ in range(TIMED_CALLS):
        started = time.perf_counter()
        network.probabilities(faces)
        fastest = min(fastest, time.perf_counter() - started)
    return round(FACES_A_CALL / fastest, 1)
