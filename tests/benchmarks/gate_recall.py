"""What the motion gate costs in faces and saves in work, on filmed clips thinned to a camera's rate."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from math import sqrt
from pathlib import Path

from producer.motion.gate import Look, MotionGate
from producer.pictures.reduction import reduced_luma
from producer.sources.base import Picture, Pixels
from producer.sources.video_file import VideoFile
from shared.cameras import Motion
from shared.messages import Box
from worker.detectors import Detector, Patch
from worker.matching import iou
from worker.regions import CUT_PX, patches_of, scan

KEYFRAME_INTERVAL_S = 1.5
_SURE = 0.6  # confidence of faces that must not be lost
_SAME_IOU = 0.4
_MEMORY_S = 2.0  # a face that stood still may have been seen so long ago


@dataclass
class Recall:
    """One clip at one rate and sensitivity.

    ``lost`` faces were found in the whole frame, but not where that part of it was last scanned: the gate's
    fault, but for ``lost_by_detector``, which a scan of all that older frame does not show either.
    ``missed_in_patch`` lie in a patch that was scanned and were not found in it. ``pixels`` are scanned ones,
    as a share.
    """

    faces: int = 0
    lost: int = 0
    lost_by_detector: int = 0
    missed_in_patch: int = 0
    frames: int = 0
    sent: int = 0
    keyframes: int = 0
    pixels: float = 0.0

    def __add__(self, other: "Recall") -> "Recall":
        return Recall(*(a + b for a, b in zip(vars(self).values(), vars(other).values(), strict=True)))

    @property
    def lost_between(self) -> tuple[float, float]:
        """Wilson's interval of 95% around the share of faces lost, as if faces were independent."""
        return wilson(self.lost, self.faces)


@dataclass(frozen=True)
class _Scanned:
    time_s: float
    patches: Sequence[Patch]
    found: Sequence[Box]
    in_whole: Sequence[Box]


@dataclass
class _Gated:
    """A gate and what its worker saw lately, newest last."""

    gate: MotionGate
    recall: Recall = field(default_factory=Recall)
    seen: list[_Scanned] = field(default_factory=list)


def measured(
    path: Path, fps: float, sensitivities: Sequence[Motion], detector: Detector, min_face_px: int, seconds: float
) -> Iterator[dict[Motion, Recall]]:
    """The figures so far, by sensitivity, after each frame of the clip's first ``seconds``."""
    runs = {each: _Gated(MotionGate(each, KEYFRAME_INTERVAL_S)) for each in sensitivities}
    with closing(VideoFile(path, fps)) as video:
        for picture in video.pictures():
            if picture.time_s > seconds:
                return
            scans = _Scans(detector, picture)
            for run in runs.values():
                _take(picture, run, scans, min_face_px)
            yield {each: run.recall for each, run in runs.items()}


class _Scans:
    """The detector's finds in one picture; each patch is scanned once for all sensitivities."""

    def __init__(self, detector: Detector, picture: Picture) -> None:
        assert picture.pixels is not None
        self.pixels: Pixels = picture.pixels()
        self._detector = detector
        self._found: dict[Sequence[Patch], list[Box]] = {}
        height, width = self.pixels.shape[:2]
        self.size = (width, height)
        (whole,) = scan(detector, [self.pixels], [(Patch(0, 0, width, height),)], map)
        self.whole = [face.box for face in whole]
        self.sure = [face.box for face in whole if face.face_confidence >= _SURE]

    def in_patches(self, patches: tuple[Patch, ...]) -> list[Box]:
        if patches not in self._found:
            (found,) = scan(self._detector, [self.pixels], [patches], map)
            self._found[patches] = [face.box for face in found]
        return self._found[patches]


def _take(picture: Picture, run: _Gated, scans: _Scans, min_face_px: int) -> None:
    luma = reduced_luma(Picture(pixels=lambda: scans.pixels))
    assert luma is not None
    look = run.gate.look(luma, *scans.size, picture.time_s)
    patches = scanned_patches(look, *scans.size, min_face_px)
    run.seen = [each for each in run.seen if picture.time_s - each.time_s <= _MEMORY_S]
    run.seen.append(_Scanned(picture.time_s, patches, scans.in_patches(patches), scans.whole))
    run.recall += _work(look, patches, scans.size)
    for face in scans.sure:
        run.recall += _fate(face, run.seen, scans.size)


def scanned_patches(look: Look, width: int, height: int, min_face_px: int) -> tuple[Patch, ...]:
    """What a worker scans of a frame."""
    return patches_of(look.regions, width, height, min_face_px) if look.is_wanted else ()


def _work(look: Look, patches: Sequence[Patch], size: tuple[int, int]) -> Recall:
    share = sum(patch.pixels for patch in patches) / (size[0] * size[1])
    return Recall(frames=1, sent=look.is_wanted, keyframes=look.is_wanted and look.regions is None, pixels=share)


def _fate(face: Box, seen: Sequence[_Scanned], size: tuple[int, int]) -> Recall:
    """What became of a face of the newest frame."""
    newest = seen[-1]
    last = next((each for each in reversed(seen) if any(_holds(patch, face, size) for patch in each.patches)), None)
    if last is not None and _is_among(face, last.found):
        return Recall(faces=1)
    if last is newest:
        return Recall(faces=1, missed_in_patch=1)
    return Recall(faces=1, lost=1, lost_by_detector=last is not None and not _is_among(face, last.in_whole))


def _is_among(face: Box, boxes: Sequence[Box]) -> bool:
    return any(iou(face, box) >= _SAME_IOU for box in boxes)


def _holds(patch: Patch, face: Box, size: tuple[int, int]) -> bool:
    """Whether all of a face lies in a patch, as far as the picture goes."""
    width, height = size
    return (
        (patch.x0 == 0 or face.x0 >= patch.x0 + CUT_PX)
        and (patch.y0 == 0 or face.y0 >= patch.y0 + CUT_PX)
        and (patch.x1 == width or face.x1 <= patch.x1 - CUT_PX)
        and (patch.y1 == height or face.y1 <= patch.y1 - CUT_PX)
    )


def wilson(count: int, total: int) -> tuple[float, float]:
    """The interval of 95% around a share; 0 to 1 where nothing was counted."""
    if not total:
        return 0.0, 1.0
    z = 1.96
    share, spread = count / total, z * z / total
    middle = share + spread / 2
    reach = z * sqrt(share * (1 - share) / total + spread / total / 4)
    return max(0.0, (middle - reach) / (1 + spread)), min(1.0, (middle + reach) / (1 + spread))
