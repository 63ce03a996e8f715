"""Cases of one picture: to decode it, to find its faces."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import cv2
import numpy as np

from shared.messages import FrameHeader
from shared.settings import WorkerSettings
from shared.streams import JPEG
from worker.benching.cases import Case
from worker.benching.scenes import WHOLE, Scene, at_size
from worker.decoding import decode_picture
from worker.detectors import Detector, Part, Picture
from worker.detectors.detector import Pixels
from worker.detectors.maskwatch import MaskwatchDetector

SMALL = (640, 360)
PATCHES_PX = (256, 512)
TOGETHER = (1, 8)
# What the library can do in less time with a JPEG: for comparison, as long as nothing of ours uses it.
_REDUCED = {
    "half": cv2.IMREAD_REDUCED_COLOR_2,
    "quarter": cv2.IMREAD_REDUCED_COLOR_4,
    "grey quarter": cv2.IMREAD_REDUCED_GRAYSCALE_4,
}

# A detector's bare calls on some parts of pictures, once everything that comes before them is done.
BareDetect = Callable[[Sequence[Part]], Callable[[], object]]


def decoding(scene: Scene, settings: WorkerSettings) -> Iterator[Case]:
    """From JPEG to picture: whole, and what is spared by reading it reduced."""
    width, height = scene.size
    at = datetime.now(UTC)
    header = FrameHeader(camera="bench", epoch=0, sequence=0, captured_at=at, width=width, height=height)
    buffers = [np.frombuffer(jpeg, np.uint8) for jpeg in scene.jpegs]
    count = len(buffers)
    yield Case(
        stage="decode",
        variant="full colour",
        item="picture",
        bare_call="cv2.imdecode",
        bare=lambda number: cv2.imdecode(buffers[number % count], cv2.IMREAD_COLOR),
        ours=lambda number: decode_picture({JPEG: scene.jpegs[number % count]}, header, settings.max_picture_pixels),
        a_frame=1,
    )
    for variant, flag in _REDUCED.items():
        yield Case("decode", variant, "picture", "cv2.imdecode", _decoding_reduced(buffers, flag), None)


def _decoding_reduced(buffers: Sequence[Pixels], flag: int) -> Callable[[int], object]:
    return lambda number: cv2.imdecode(buffers[number % len(buffers)], flag)


def detecting(
    scene: Scene, detector: Detector, bare: BareDetect, variant: str, bare_call: str, *, is_chosen: bool
) -> Iterator[Case]:
    """A detector on whole pictures of two sizes and on patches of the larger ones, alone and several together."""
    for size in (WHOLE, SMALL):
        wholes = [Part(at_size(each, size), size) for each in scene.pictures]
        case = _detection(f"{variant} {size[0]}x{size[1]}", wholes, 1, detector, bare, bare_call)
        yield replace(case, a_frame=float(is_chosen and size == WHOLE))
    larger = [at_size(each, WHOLE) for each in scene.pictures]
    for side in PATCHES_PX:
        patches = [Part(_patch(each, scene, number, side), WHOLE) for number, each in enumerate(larger)]
        # Those that are given one patch after the other gain nothing by several.
        for together in TOGETHER if isinstance(detector, MaskwatchDetector) else (1,):
            several = f"{together} patches" if together > 1 else "patch"
            yield _detection(f"{variant} {several} {side}x{side}", patches, together, detector, bare, bare_call)


def _detection(
    variant: str, parts: Sequence[Part], together: int, detector: Detector, bare: BareDetect, bare_call: str
) -> Case:
    """Rounds take one part after the other, or each of them so many from one on."""
    groups = [[parts[(first + index) % len(parts)] for index in range(together)] for first in range(len(parts))]
    prepared = [bare(each) for each in groups]
    count = len(groups)
    return Case(
        stage="detect",
        variant=variant,
        item="picture",
        bare_call=bare_call,
        bare=lambda number: prepared[number % count](),
        ours=lambda number: detector.detect_each(groups[number % count], map),
        items=together,
    )


def _patch(picture: Picture, scene: Scene, number: int, side: int) -> Picture:
    """The square around the first face of a picture of size ``WHOLE``, or its middle where there is none."""
    detections = scene.judged[number].detections
    scale = WHOLE[0] / scene.size[0]
    x, y = detections[0].box.centre if detections else (scene.size[0] / 2, scene.size[1] / 2)
    left = min(max(round(x * scale - side / 2), 0), WHOLE[0] - side)
    top = min(max(round(y * scale - side / 2), 0), WHOLE[1] - side)
    return picture[top : top + side, left : left + side]
