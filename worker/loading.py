"""Puts a pipeline together from the settings; for workers, ``maskwatch detect`` and ``maskwatch evaluate``."""

import os
import time

from shared.model_registry import ModelRegistry
from shared.settings import WorkerSettings
from worker.classifier import SHIPPED_MODELS, Classifier, load_classifier
from worker.detectors import make_detector
from worker.native_noise import silenced
from worker.pipeline import Pipeline


def load_pipeline(settings: WorkerSettings) -> Pipeline:
    """The chosen detector and the current model version, ready to judge.

    Raises:
        DetectorUnavailable, ModelError: with one line that says what to correct.
    """
    with silenced():
        detector, classifier = make_detector(settings), load_current_classifier(settings)
    return Pipeline(detector, classifier, time.monotonic, threads_of(settings))


def load_current_classifier(settings: WorkerSettings) -> Classifier:
    """The current model version, verified.

    Raises:
        ModelError: it cannot be served.
    """
    return load_classifier(open_registry(settings), threads=threads_of(settings))


def open_registry(settings: WorkerSettings) -> ModelRegistry:
    """The registry to serve from: the shipped one unless the settings name another."""
    return ModelRegistry(settings.registry or SHIPPED_MODELS, settings.model_name)


def threads_of(settings: WorkerSettings) -> int:
    """How many threads to use: as set, else one per core that this process may use."""
    return settings.worker_threads or len(os.sched_getaffinity(0))
