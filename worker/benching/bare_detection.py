"""Each detector's library call alone, on inputs that are prepared as the detector prepares them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from shared.detector_manifest import DetectorRegistry
from shared.settings import WorkerSettings
from worker.benching.pictures import BareDetect
from worker.benching.runtimes import Inputs, Network, Runtime
from worker.detectors import Detector, Part, Picture
from worker.detectors.detector import SIZE_TOLERANCE, Pixels
from worker.detectors.haar import CASCADE, CASCADES, SCALE_STEP, WIDTH_OF_WINDOW
from worker.detectors.maskwatch import SHIPPED_MODELS, MaskwatchDetector
from worker.detectors.yunet import MAX_FACE_PX_THAT_DOUBLING_HELPS, MAX_FACES, MAX_PIXELS_TO_DOUBLE, NMS_IOU

BARE_CALLS = {"haar": "cv2 detectMultiScale", "yunet": "cv2 FaceDetectorYN"}


def bare_haar(settings: WorkerSettings) -> BareDetect:
    """The cascade on the red channel."""
    cascade = cv2.CascadeClassifier(str(CASCADES / CASCADE))
    side = max(20, round(SIZE_TOLERANCE * settings.min_face_px / WIDTH_OF_WINDOW))

    def detect(red: Pixels) -> object:
        return cascade.detectMultiScale3(red, SCALE_STEP, 0, minSize=(side, side), outputRejectLevels=True)

    def prepare(parts: Sequence[Part]) -> Callable[[], object]:
        reds = [np.ascontiguousarray(each.picture[:, :, 2]) for each in parts]
        return lambda: [detect(red) for red in reds]

    return prepare


def bare_yunet(settings: WorkerSettings) -> BareDetect:
    """OpenCV's own detector on the picture, doubled where ours doubles it."""
    confidence = settings.min_face_confidence
    network = cv2.FaceDetectorYN.create(str(settings.yunet_weights), "", (320, 320), confidence, NMS_IOU, MAX_FACES)

    def shown(part: Part) -> Picture:
        is_small = part.whole[0] * part.whole[1] <= MAX_PIXELS_TO_DOUBLE
        is_doubled = is_small and settings.min_face_px < MAX_FACE_PX_THAT_DOUBLING_HELPS
        return np.asarray(cv2.resize(part.picture, None, fx=2, fy=2), np.uint8) if is_doubled else part.picture

    def detect(picture: Picture) -> object:
        network.setInputSize((picture.shape[1], picture.shape[0]))
        return network.detect(picture)

    def prepare(parts: Sequence[Part]) -> Callable[[], object]:
        pictures = [shown(each) for each in parts]
        return lambda: [detect(each) for each in pictures]

    return prepare


def bare_maskwatch(settings: WorkerSettings, detector: Detector, runtime: Runtime) -> BareDetect:
    """The network of our detector on the very inputs that it gives to it, one after the other."""
    if not isinstance(detector, MaskwatchDetector):
        raise TypeError(f"{detector.name} is another detector")
    model = _model(settings)
    ready: dict[tuple[int, ...], Network] = {}

    def prepare(parts: Sequence[Part]) -> Callable[[], object]:
        inputs = _given_to_network(detector, parts)
        for each in inputs:
            if each.shape not in ready:
                ready[each.shape] = runtime.make(model, each.shape)
        return lambda: [ready[each.shape](each) for each in inputs]

    return prepare


def _model(settings: WorkerSettings) -> Path:
    own = DetectorRegistry(settings.registry) if settings.registry else None
    registry = own if own is not None and own.versions() else DetectorRegistry(SHIPPED_MODELS)
    manifest = registry.verified(registry.current())
    return Path(registry.path(manifest.version)) / manifest.model_file


class _Answering(Protocol):
    def outputs(self, inputs: Inputs) -> object: ...


class _Listening:
    """Passes inputs on to a network and keeps them."""

    def __init__(self, network: _Answering) -> None:
        self.given: list[Inputs] = []
        self._network = network

    def outputs(self, inputs: Inputs) -> object:
        self.given.append(inputs.copy())
        return self._network.outputs(inputs)


def _given_to_network(detector: MaskwatchDetector, parts: Sequence[Part]) -> list[Inputs]:
    """Look over the detector's shoulder: how it shows pictures to its network is its own to decide."""
    name, network = next((name, part) for name, part in vars(detector).items() if hasattr(part, "outputs"))
    listening = _Listening(network)
    setattr(detector, name, listening)
    try:
        detector.detect_each(parts, map)
    finally:
        setattr(detector, name, network)
    return listening.given
