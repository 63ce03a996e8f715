"""Puts a pipeline together from the settings; for workers, ``maskwatch detect`` and ``maskwatch evaluate``."""

import logging
import os
import time

from shared.model_registry import ModelError, ModelRegistry
from shared.settings import WorkerSettings
from worker.classifier import SHIPPED_MODELS, Classifier, load_classifier
from worker.detectors import make_detector
from worker.native_noise import silenced
from worker.pipeline import Pipeline

log = logging.getLogger(__name__)


def load_pipeline(settings: WorkerSettings) -> Pipeline:
    """The chosen detector and the current model version, ready to judge.

    Raises:
        DetectorUnavailable, ModelError: with one line that says what to correct.
    """
    with silenced():
        detector, classifier = make_detector(settings, threads_of(settings)), load_current_classifier(settings)
    return Pipeline(detector, classifier, time.monotonic, threads_of(settings), settings.min_face_px)


def load_current_classifier(settings: WorkerSettings) -> Classifier:
    """The current model version, verified.

    Raises:
        ModelError: it cannot be served.
    """
    return load_version(settings, open_registry(settings))


def load_version(settings: WorkerSettings, registry: ModelRegistry, version: int | None = None) -> Classifier:
    """A model version, the current one by default, run as the settings say.

    Raises:
        ModelError: it cannot be served.
    """
    return load_classifier(registry, version, threads_of(settings), settings.runtime)


def load_servable_pipeline(settings: WorkerSettings) -> Pipeline:
    """As ``load_pipeline``; where the promoted version cannot be served, with the one served before.

    A worker that is started while a broken version is promoted must not leave cameras unjudged;
    the reloader goes on trying the promoted one.

    Raises:
        DetectorUnavailable, ModelError: with one line that says what to correct.
    """
    with silenced():
        detector = make_detector(settings, threads_of(settings))
        try:
            classifier = load_current_classifier(settings)
        except ModelError as error:
            classifier = _substitute(settings, error)
    return Pipeline(detector, classifier, time.monotonic, threads_of(settings), settings.min_face_px)


def _substitute(settings: WorkerSettings, reason: ModelError) -> Classifier:
    registry = open_registry(settings)
    for version in registry.substitutes():
        try:
            classifier = load_version(settings, registry, version)
        except ModelError:
            continue
        log.error("serving version %d, since the promoted one is refused: %s", version, reason)
        return classifier
    raise reason


def open_registry(settings: WorkerSettings) -> ModelRegistry:
    """The registry to serve from: the shipped one unless the settings name another."""
    return ModelRegistry(settings.registry or SHIPPED_MODELS, settings.model_name)


def threads_of(settings: WorkerSettings) -> int:
    """How many threads to use: as set, else one per core that this process may use."""
    return settings.worker_threads or len(os.sched_getaffinity(0))
