"""From pictures to detections: pure, so that workers, ``detect`` and evaluation judge alike."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import TypeVar

import cv2

from shared.messages import Box, Detection, Label
from worker.appearance import appearance, sight
from worker.classifier import Classifier, Judgement
from worker.detectors import Detector, Each, FaceBox, Patch, Picture, Size, size_of
from worker.regions import Regions, patches_of, scan

Clock = Callable[[], float]  # monotonic seconds
_T = TypeVar("_T")


@dataclass(frozen=True)
class JudgedPicture:
    """What was found in one picture, and its share in the seconds that each stage took for all of the batch.

    ``faces_refused`` counts what the detector took for a face and the classifier did not; ``patches``
    are the parts that were scanned, of which some may overlap.
    """

    detections: tuple[Detection, ...]
    stage_seconds: dict[str, float]
    faces_refused: int = 0
    patches: tuple[Patch, ...] = ()


@dataclass(frozen=True)
class Shown:
    """A BGR picture to be judged, and where in its frame: ``regions`` are in pixels of the frame.

    A picture whose sides were divided by ``shrink`` when it was decoded is judged as it is; boxes are those of
    the frame, of ``size``.
    """

    picture: Picture
    size: Size
    regions: Regions = None
    shrink: int = 1


class Pipeline:
    """Detects in several pictures together, then classifies the faces of all of them in one batch."""

    def __init__(
        self, detector: Detector, classifier: Classifier, clock: Clock, threads: int = 1, min_face_px: int = 24
    ) -> None:
        """Use ``threads`` threads; the libraries release the interpreter while they work.

        ``min_face_px`` is the width of the smallest faces that matter, by which regions are widened.
        """
        self.threads = threads
        self.detector = detector
        self.classifier = classifier
        self._clock = clock
        self._min_face_px = min_face_px
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="detect")
        # One thread more would only pass work on and wait for it.
        self.each: Each = map if threads == 1 else self._pool.map
        # With a thread for each part of a picture, OpenCV's own threads only get in their way.
        cv2.setNumThreads(1)

    def judge(self, pictures: Sequence[Picture]) -> list[JudgedPicture]:
        """Judge whole pictures of any sizes; one answer for each, in the same order."""
        return self.judge_shown([Shown(picture, size_of(picture)) for picture in pictures])

    def judge_shown(self, shown: Sequence[Shown]) -> list[JudgedPicture]:
        """Judge what moved in each picture; one answer for each, in the same order."""
        pictures = [each.picture for each in shown]
        patches = [self._patches(each) for each in shown]
        found, detect_s = self._timed(lambda: scan(self.detector, pictures, patches, self.each))
        faces = [[_rounded(face) for face in some] for some in found]
        crops, crop_s = self._timed(lambda: [self._crops(*both) for both in zip(shown, faces, strict=True)])
        together = list(chain.from_iterable(crops))
        judgements, classify_s = self._timed(lambda: self.classifier.classify(together, self.each))
        of_picture = _dealt(judgements, [len(some) for some in faces])
        by_pixels, by_faces = (
            _shares([sum(patch.pixels for patch in some) for some in patches]),
            _shares(map(len, faces)),
        )
        seconds = [
            {"detect": detect_s * pixels, "crop": crop_s * some, "classify": classify_s * some}
            for pixels, some in zip(by_pixels, by_faces, strict=True)
        ]
        return list(
            self.each(lambda all_of: _judged(*all_of), zip(shown, faces, of_picture, seconds, patches, strict=True))
        )

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown()

    def _patches(self, shown: Shown) -> tuple[Patch, ...]:
        """In pixels of the picture."""
        regions, shrink = shown.regions, shown.shrink
        if regions is not None and shrink > 1:
            regions = [_scaled(region, 1 / shrink) for region in regions]
        return patches_of(regions, *size_of(shown.picture), self._min_face_px)

    def _crops(self, shown: Shown, faces: Sequence[FaceBox]) -> list[Picture]:
        return [self.classifier.crop(shown.picture, face.box) for face in faces]

    def _timed(self, work: Callable[[], _T]) -> tuple[_T, float]:
        started = self._clock()
        done = work()
        return done, self._clock() - started


def _rounded(face: FaceBox) -> FaceBox:
    """To 0.1 px, before anything is computed from it: the stored box then explains the judgement."""
    return replace(face, box=Box(*(round(value, 1) for value in face.box)))


def _shares(amounts: Iterable[int]) -> list[float]:
    """Each amount's part in all of them."""
    every = list(amounts)
    return [amount / max(sum(every), 1) for amount in every]


def _dealt(judgements: Sequence[Judgement], counts: Sequence[int]) -> list[list[Judgement]]:
    """The judgements of all faces, by picture."""
    left = iter(judgements)
    return [list(islice(left, count)) for count in counts]


def _judged(
    shown: Shown,
    faces: Sequence[FaceBox],
    judgements: Sequence[Judgement],
    seconds: dict[str, float],
    patches: Sequence[Patch],
) -> JudgedPicture:
    detections = tuple(
        _detection(shown, face, judgement.label, judgement.confidence)
        for face, judgement in zip(faces, judgements, strict=True)
        if isinstance(judgement.label, Label)
    )
    scanned = tuple(Patch(*map(int, _in_frame(Box(*patch), shown))) for patch in patches)
    return JudgedPicture(detections, seconds, len(judgements) - len(detections), scanned)


def _detection(shown: Shown, face: FaceBox, label: Label, confidence: float) -> Detection:
    seen = sight(shown.picture, face.box)
    return Detection(
        box=_in_frame(face.box, shown),
        label=label,
        confidence=round(confidence, 4),
        face_confidence=round(face.face_confidence, 4),
        sharpness=round(seen.sharpness, 1),
        brightness=round(seen.brightness, 1),
        turned=round(seen.turned, 2),
        appearance=appearance(shown.picture, face.box),
    )


def _in_frame(box: Box, shown: Shown) -> Box:
    """A box of the picture in pixels of its frame, whose sides need not be multiples of ``shrink``."""
    if shown.shrink == 1:
        return box
    (width, height), scaled = shown.size, _scaled(box, shown.shrink)
    return Box(scaled.x0, scaled.y0, min(scaled.x1, width), min(scaled.y1, height))


def _scaled(box: Box, factor: float) -> Box:
    return Box(*(value * factor for value in box))
