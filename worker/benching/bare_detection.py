"""Each detector's library call alone, on inputs that are prepared as the detector prepares them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np

from shared.detector_manifest import DetectorRegistry
from shared.settings import WorkerSettings
from worker.benching.pictures import BareDetect
from worker.benching.runtimes import Network as BareNetwork
from worker.benching.runtimes import Runtime
from worker.detectors import Detector, Part, Picture
from worker.detectors.detector import SIZE_TOLERANCE, Pixels
from worker.detectors.haar import CASCADE, CASCADES, SCALE_STEP, WIDTH_OF_WINDOW
from worker.detectors.maskwatch import SHIPPED_MODELS
from worker.detectors.yunet import MAX_FACE_PX_THAT_DOUBLING_HELPS, MAX_FACES, MAX_PIXELS_TO_DOUBLE, NMS_IOU
from worker.networks import Demands, Floats, Inputs, Network, load_network

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
    model = _model(settings)
    kind = type(load_network(model.read_bytes(), Demands(runtime.name)))
    ready: dict[tuple[int, ...], BareNetwork] = {}

    def prepare(parts: Sequence[Part]) -> Callable[[], object]:
        with _heard(kind) as inputs:
            detector.detect_each(parts, map)
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


@contextmanager
def _heard(kind: type[Network]) -> Iterator[list[Inputs]]:
    """What networks of a kind are given within the block: how a detector shows pictures to its own is its secret."""
    given, outputs = list[Inputs](), kind.outputs

    def listening(network: Network, inputs: Inputs) -> list[Floats]:
        given.append(inputs.copy())
        return outputs(network, inputs)

    kind.outputs = listening  # type: ignore[method-assign,assignment]
    try:
        yield given
    finally:
        kind.outputs = outputs  # type: ignore[method-assign]
