"""What an exported network answers on the faces that measure: validation, holdout and the other source."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from shared.model_registry import Answer, Manifest
from trainer.crops import Crop, cut_all
from trainer.cutters import exact_cutter, reading
from trainer.data_set import Face
from trainer.evaluation import ExportedNetwork, Figures, Judged, breakdown, fit_temperature, judge
from trainer.parts import Parts
from trainer.settings import OnProgress, TrainSettings

VALIDATION, TEST, OTHER = "validation", "test", "boxes test"
HOLDOUT = (TEST, OTHER)  # what no network has learnt or was chosen by


@dataclass(frozen=True)
class Measured:
    """The answers on each part, and what follows from them."""

    parts: Mapping[str, list[Judged]]
    temperature: float  # fitted on the validation part

    @property
    def figures(self) -> dict[str, Figures]:
        """The figures of all parts, of their sources and face sizes."""
        found: dict[str, Figures] = {}
        for name, judged in self.parts.items():
            found |= breakdown(name, judged)
        return found

    @property
    def holdout(self) -> list[Judged]:
        """The answers on which versions are compared."""
        return [each for name in HOLDOUT for each in self.parts.get(name, [])]


def measure(settings: TrainSettings, parts: Parts, network: ExportedNetwork, on_progress: OnProgress) -> Measured:
    """Cut the faces of all measuring parts anew, exactly as a worker cuts them, and judge them."""
    faces = {
        VALIDATION: [crop.face for crop in parts.split.validation],
        TEST: [crop.face for crop in parts.split.test],
        OTHER: parts.other_source,
    }
    cut = {
        name: _cut(settings, members, settings.crop_margin, settings.size, on_progress)
        for name, members in faces.items()
    }
    judged = {name: judge(network, crops, settings.classes) for name, crops in cut.items() if crops}
    return Measured(judged, fit_temperature(judged[VALIDATION]))


def judge_again(
    settings: TrainSettings, measured: Measured, manifest: Manifest, model: bytes, on_progress: OnProgress
) -> list[Judged]:
    """What another version answers on the same holdout, each face cut as that version wants it."""
    takes = manifest.input
    network = ExportedNetwork(model, scale=takes.scale, offset=takes.offset)
    crops = [each.crop for each in measured.holdout]
    if (takes.width, takes.crop_margin) != (settings.size, settings.crop_margin):
        crops = _cut(settings, [crop.face for crop in crops], takes.crop_margin, takes.width, on_progress)
    return judge(network, crops, manifest.labels)


def milliseconds_a_face(network: ExportedNetwork, judged: list[Judged]) -> float:
    """How long one face of a full call takes here and now."""
    faces = np.stack([each.crop.pixels for each in judged[:64]])
    started = time.perf_counter()
    network.probabilities(faces)
    return round(1000 * (time.perf_counter() - started) / len(faces), 3)


def _cut(settings: TrainSettings, faces: list[Face], margin: float, side: int, on_progress: OnProgress) -> list[Crop]:
    return cut_all(faces, exact_cutter(settings, margin, side), reading(len(faces), on_progress, "measuring"))[0]


def answers_of(judged: list[Judged], classes: tuple[Answer, ...]) -> tuple[np.ndarray, list[Answer]]:
    """Probabilities [n, classes] and true labels [n]."""
    rows = [each.probabilities for each in judged]
    return np.stack(rows) if rows else np.empty((0, len(classes)), np.float32), [
        each.crop.face.label for each in judged
    ]
