"""What is measured: a detector and a model of any version, on one thread."""

import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from shared.detector_manifest import FACE_MODEL, DetectorRegistry
from shared.model_registry import CURRENT, ModelRegistry
from shared.settings import WorkerSettings
from worker.classifier import SHIPPED_MODELS, Classifier
from worker.detectors import Detector, make_detector
from worker.evaluation.record import Measured
from worker.loading import load_current_classifier, load_version
from worker.native_noise import silenced
from worker.pipeline import Pipeline

# Below this confidence hardly a face is left, and thousands of walls.
SEARCHED_CONFIDENCE = 0.02
AnyRegistry = TypeVar("AnyRegistry", ModelRegistry, DetectorRegistry)


class NoSuchVersion(Exception):
    """A version that neither the registry nor the product holds: the message says which there are."""


@dataclass(frozen=True)
class Subject:
    """A pipeline at its working point, and its detector with hardly a threshold.

    Both detectors are needed: what is found surely may depend on what is found less surely, as
    where a mouth is taken for a part of a face, so that one cannot be had from the other.
    """

    pipeline: Pipeline
    searching: Detector | None = None
    measured: Measured | None = None


def load_subject(
    settings: WorkerSettings, model_version: int | None = None, detector_version: int | None = None
) -> Subject:
    """The detector and the model of the settings, in these versions or the current ones.

    Versions are looked for in the registry of the settings, then among those shipped.

    Raises:
        NoSuchVersion, DetectorUnavailable, ModelError: with one line that says what to correct.
    """
    with silenced():
        working, searching, version = _detectors(settings, detector_version)
        classifier = _classifier(settings.model_copy(update={"worker_threads": 1}), model_version)
    measured = Measured(
        detector=working.name,
        detector_version=version,
        model_version=classifier.version,
        min_face_px=settings.min_face_px,
        min_face_confidence=settings.min_face_confidence,
    )
    return Subject(Pipeline(working, classifier, time.monotonic, threads=1), searching, measured)


def _classifier(settings: WorkerSettings, version: int | None) -> Classifier:
    if version is None:
        return load_current_classifier(settings)
    roots = [settings.registry, SHIPPED_MODELS]
    holder = _holder([ModelRegistry(root, settings.model_name) for root in roots if root is not None], version)
    return load_version(settings, holder, version)


def _detectors(settings: WorkerSettings, version: int | None) -> tuple[Detector, Detector, int | None]:
    """With the threshold of the settings, with hardly one, and the version of both."""
    if settings.detector != "maskwatch":
        return *_pair(settings), None
    registries = [DetectorRegistry(root) for root in (settings.registry, SHIPPED_MODELS) if root is not None]
    if version is None:
        served = next((each for each in registries if each.versions()), registries[-1])
        return *_pair(settings), served.current()
    with _serving(_holder(registries, version), version) as root:
        return *_pair(settings.model_copy(update={"registry": str(root)})), version


def _pair(settings: WorkerSettings) -> tuple[Detector, Detector]:
    least = min(SEARCHED_CONFIDENCE, settings.min_face_confidence)
    return make_detector(settings), make_detector(settings.model_copy(update={"min_face_confidence": least}))


def _holder(registries: Sequence[AnyRegistry], version: int) -> AnyRegistry:
    """The first registry that has a version."""
    for registry in registries:
        if version in registry.versions():
            return registry
    there = sorted({each for registry in registries for each in registry.versions()})
    what = "detector" if registries[0].name == FACE_MODEL else "model"
    raise NoSuchVersion(
        f"there is no version {version} of the {what} in {' or '.join(each.where for each in registries)}: "
        f"there are {', '.join(map(str, there)) or 'none'}"
    )


@contextmanager
def _serving(registry: DetectorRegistry, version: int) -> Iterator[Path]:
    """For as long as a detector loads: a registry that serves this version, whichever the real one serves."""
    with tempfile.TemporaryDirectory(prefix="maskwatch-") as root:
        folder = Path(root) / registry.name
        folder.mkdir()
        (folder / str(version)).symlink_to(registry.path(version).resolve())
        (folder / CURRENT).write_text(json.dumps({"version": version}))
        yield Path(root)
