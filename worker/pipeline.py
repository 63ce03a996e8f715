"""From pictures to detections: pure, so that workers, ``detect`` and evaluation judge alike."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import cv2

from shared.messages import Box, Detection, Label
from worker.appearance import appearance, sight
from worker.classifier import Classifier, Judgement
from worker.detectors import Detector, FaceBox, Picture
from worker.regions import Patch, Regions, faces_in, patches_of

Clock = Callable[[], float]  # monotonic seconds


@dataclass(frozen=True)
class JudgedPicture:
    """What was found in one picture, and the seconds that each stage spent on it.

    ``faces_refused`` counts what the detector took for a face and the classifier did not; ``patches``
    are the parts that were scanned, of which some may overlap.
    """

    detections: tuple[Detection, ...]
    stage_seconds: dict[str, float]
    faces_refused: int = 0
    patches: tuple[Patch, ...] = ()


@dataclass(frozen=True)
class _Found:
    faces: list[FaceBox]
    crops: list[Picture]
    patches: tuple[Patch, ...]
    detect_s: float
    crop_s: float


class Pipeline:
    """Detects in several pictures at once, then classifies the faces of all of them in one batch."""

    def __init__(
        self, detector: Detector, classifier: Classifier, clock: Clock, threads: int = 1, min_face_px: int = 24
    ) -> None:
        """Use ``threads`` threads, one picture each; OpenCV releases the interpreter while it works.

        ``min_face_px`` is the width of the smallest faces that matter, by which regions are widened.
        """
        self.threads = threads
        self.detector = detector
        self.classifier = classifier
        self._clock = clock
        self._min_face_px = min_face_px
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="detect")

    def judge(self, pictures: Sequence[Picture], regions: Sequence[Regions] | None = None) -> list[JudgedPicture]:
        """Judge BGR pictures of any sizes; one answer for each, in the same order.

        ``regions`` says for each picture where it is to be scanned, in its pixels; without them all are
        scanned whole.
        """
        # With a thread for each picture, OpenCV's own threads only get in their way.
        cv2.setNumThreads(max(1, self.threads // max(len(pictures), 1)))
        found = list(self._pool.map(self._find, pictures, regions or [None] * len(pictures)))
        started = self._clock()
        judgements = iter(self.classifier.classify([crop for each in found for crop in each.crops]))
        faces = sum(len(each.faces) for each in found)
        classify_s = (self._clock() - started) / max(faces, 1)
        return [
            _judged(picture, each, [next(judgements) for _ in each.faces], classify_s)
            for picture, each in zip(pictures, found, strict=True)
        ]

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown()

    def _find(self, picture: Picture, regions: Regions) -> _Found:
        started = self._clock()
        height, width = picture.shape[:2]
        patches = patches_of(regions, width, height, self._min_face_px)
        faces = [_rounded(face) for face in faces_in(self.detector, picture, patches)]
        detected = self._clock()
        crops = [self.classifier.crop(picture, face.box) for face in faces]
        return _Found(faces, crops, patches, detected - started, self._clock() - detected)


def _rounded(face: FaceBox) -> FaceBox:
    """To 0.1 px, before anything is computed from it: the stored box then explains the judgement."""
    return replace(face, box=Box(*(round(value, 1) for value in face.box)))


def _judged(picture: Picture, found: _Found, judgements: Sequence[Judgement], classify_s: float) -> JudgedPicture:
    detections = tuple(
        _detection(picture, face, judgement.label, judgement.confidence)
        for face, judgement in zip(found.faces, judgements, strict=True)
        if isinstance(judgement.label, Label)
    )
    seconds = {"detect": found.detect_s, "crop": found.crop_s, "classify": classify_s * len(judgements)}
    return JudgedPicture(detections, seconds, len(judgements) - len(detections), found.patches)


def _detection(picture: Picture, face: FaceBox, label: Label, confidence: float) -> Detection:
    shown = sight(picture, face.box)
    return Detection(
        box=face.box,
        label=label,
        confidence=round(confidence, 4),
        face_confidence=round(face.face_confidence, 4),
        sharpness=round(shown.sharpness, 1),
        brightness=round(shown.brightness, 1),
        turned=round(shown.turned, 2),
        appearance=appearance(picture, face.box),
    )
