"""What each stage of judging costs, side by side on the same pictures and one thread."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import cv2

from worker.classifier import Classifier
from worker.detectors import Detector, Picture

_BATCHES = (1, 8, 16)
Clock = Callable[[], float]  # monotonic seconds


@dataclass(frozen=True)
class StageTiming:
    """``milliseconds`` is the median for one item: a picture, or a face for ``classify``."""

    stage: str
    variant: str
    milliseconds: float
    note: str = ""


def time_stages(
    pictures: Sequence[Picture], detectors: Sequence[Detector], classifier: Classifier, clock: Clock
) -> Iterator[StageTiming]:
    """Time decoding, each detector and classification by batch size on BGR pictures."""
    cv2.setNumThreads(1)
    jpegs = [cv2.imencode(".jpg", picture)[1] for picture in pictures]
    yield StageTiming("decode", "jpeg", _median_ms(lambda jpeg: cv2.imdecode(jpeg, cv2.IMREAD_COLOR), jpegs, clock))
    for detector in detectors:
        found = sum(len(detector.detect(picture)) for picture in pictures)
        milliseconds = _median_ms(detector.detect, pictures, clock)
        yield StageTiming("detect", detector.name, milliseconds, f"{found / len(pictures):.1f} faces a picture")
    size = classifier.manifest.input
    faces = [cv2.resize(picture, (size.width, size.height)) for picture in pictures]
    for batch in _BATCHES:
        crops = [faces[index % len(faces)] for index in range(batch)]
        milliseconds = _median_ms(classifier.classify, [crops] * len(pictures), clock) / batch
        yield StageTiming("classify", f"batch of {batch}", milliseconds)


def _median_ms(work: Callable[[Any], object], items: Sequence[Any], clock: Clock) -> float:
    work(items[0])  # the first call allocates
    seconds = []
    for item in items:
        started = clock()
        work(item)
        seconds.append(clock() - started)
    return median(seconds) * 1000
