"""Cases of one face: to cut it out, to classify it, to measure how it shows."""

from collections.abc import Iterator, Sequence
from functools import partial

import cv2
import numpy as np

from shared.face_crops import FACE_MARGIN, MAX_SIDE_PX, MIN_SIDE_PX
from shared.messages import Box
from shared.settings import WorkerSettings
from worker.appearance import appearance, sight
from worker.benching.cases import Case
from worker.benching.runtimes import Inputs, Network, Runtime
from worker.benching.scenes import Scene
from worker.classifier import Classifier
from worker.cropping import crop_square, face_jpeg
from worker.detectors import Picture
from worker.loading import open_registry

BATCHES = (1, 4, 8, 16, 32)
USUAL_BATCH = 8  # faces of one call that the mix of a frame is reckoned with


def cropping(scene: Scene, classifier: Classifier) -> Iterator[Case]:
    """A face cut out at the network's input size; the library is given the cut."""
    takes, boxes = classifier.manifest.input, scene.boxes
    cuts = [crop_square(scene.pictures[number], box, takes.crop_margin) for number, box in boxes]
    size = (takes.width, takes.height)
    methods = [cv2.INTER_AREA if cut.shape[1] > takes.width else cv2.INTER_LINEAR for cut in cuts]

    def ours(number: int) -> object:
        picture, box = boxes[number % len(boxes)]
        return classifier.crop(scene.pictures[picture], box)

    def bare(number: int) -> object:
        return cv2.resize(cuts[number % len(cuts)], size, interpolation=methods[number % len(cuts)])

    yield Case("crop", f"{size[0]}x{size[1]}", "face", "cv2.resize", bare, ours, a_frame=scene.faces)


def classifying(
    scene: Scene, classifier: Classifier, settings: WorkerSettings, runtime: Runtime, *, is_chosen: bool
) -> Iterator[Case]:
    """Crops judged in calls of several sizes; the library is given numbers instead of pictures."""
    registry = open_registry(settings)
    model = registry.path(classifier.version) / classifier.manifest.model_file
    faces = [classifier.crop(scene.pictures[number], box) for number, box in scene.boxes]
    for size in BATCHES:
        crops = [faces[index % len(faces)] for index in range(size)]
        batch = prepared(classifier, crops)
        network = runtime.make(model, batch.shape)
        yield Case(
            stage="classify",
            variant=f"{runtime.name} batch {size}",
            item="face",
            bare_call=runtime.bare_call,
            bare=partial(_run, network, batch),
            ours=partial(_classify, classifier, crops),
            items=size,
            a_frame=scene.faces if is_chosen and size == USUAL_BATCH else 0.0,
        )


def measuring(scene: Scene) -> Iterator[Case]:
    """How a face shows, what is worn below it, and its picture for people."""
    boxes = scene.boxes
    looks = [_BareLook(scene.pictures[number], box) for number, box in boxes]

    def ours(number: int) -> object:
        picture, box = boxes[number % len(boxes)]
        return sight(scene.pictures[picture], box), appearance(scene.pictures[picture], box)

    bare_call = "cv2.resize, cvtColor, Laplacian, HOG"
    yield Case(
        "sight", "face and clothing", "face", bare_call, lambda n: looks[n % len(looks)](), ours, a_frame=scene.faces
    )

    def picture_of(number: int) -> object:
        picture, box = boxes[number % len(boxes)]
        return face_jpeg(scene.pictures[picture], box)

    yield Case(
        "sight", "face JPEG", "face", "cv2.resize, imencode", lambda n: looks[n % len(looks)].encoded(), picture_of
    )


class _BareLook:
    """What OpenCV does for one face, on parts that are cut out already."""

    _hog = cv2.HOGDescriptor((32, 32), (16, 16), (8, 8), (8, 8), 9)

    def __init__(self, picture: Picture, box: Box) -> None:
        self._face = crop_square(picture, box, 0)
        height, width = picture.shape[:2]
        below = min(round(box.y1 + 0.4 * box.height), height - 1)
        x0, x1 = max(round(box.x0 - 0.25 * box.width), 0), min(round(box.x1 + 0.25 * box.width), width)
        self._clothing = picture[below : min(round(below + 1.5 * box.height), height), x0:x1]
        crop = crop_square(picture, box, FACE_MARGIN)
        self._side = min(max(crop.shape[0], MIN_SIDE_PX), MAX_SIDE_PX)
        self._crop = crop

    def __call__(self) -> object:
        grey = cv2.cvtColor(cv2.resize(self._face, (64, 64), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
        seen = cv2.Laplacian(grey, cv2.CV_64F), self._hog.compute(cv2.resize(grey, (32, 32)))
        return seen, cv2.cvtColor(cv2.resize(self._clothing, (16, 16), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2LAB)

    def encoded(self) -> object:
        size = (self._side, self._side)
        method = cv2.INTER_AREA if self._side < self._crop.shape[1] else cv2.INTER_LINEAR
        return cv2.imencode(".jpg", cv2.resize(self._crop, size, interpolation=method), [cv2.IMWRITE_JPEG_QUALITY, 85])


def _classify(classifier: Classifier, crops: Sequence[Picture], _: int) -> object:
    return classifier.classify(crops)


def _run(network: Network, batch: Inputs, _: int) -> object:
    return network(batch)


def prepared(classifier: Classifier, crops: Sequence[Picture]) -> Inputs:
    """Crops of the network's input size as the numbers that it takes, (crops, height, width, 3)."""
    takes = classifier.manifest.input
    return np.stack([crop[:, :, ::-1] for crop in crops]).astype(np.float32) * np.float32(takes.scale) + np.float32(
        takes.offset
    )
