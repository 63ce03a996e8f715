"""Our own face detector, taught to find masked and bare faces alike; its weights ship with the worker."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from shared.detector_manifest import DetectorManifest, DetectorRegistry
from shared.messages import Box
from shared.model_registry import ModelError
from worker.detectors.cells import decode, is_part, surest
from worker.detectors.detector import (
    SIZE_TOLERANCE,
    DetectorUnavailable,
    Each,
    FaceBox,
    Found,
    Part,
    Picture,
    Size,
    clipped,
    size_of,
)
from worker.detectors.mosaic import Mosaic, packed
from worker.networks import Demands, Floats, load_network

SHIPPED_MODELS = Path(__file__).parents[1] / "models"
# The smallest faces that matter are shown to the network this wide: wider costs time, narrower costs
# faces. Chosen on photographs of boxes/train that the network was not taught.
SHOWN_FACE_PX = 24
# A picture is shown within these limits of its longer side whatever faces matter: small pictures are enlarged,
# which costs no more than a usual camera's and finds bare faces that are missed otherwise.
LEAST_SIDE_PX, MOST_SIDE_PX = 640, 1280
# Where a picture is shown larger than this, or enlarged, large faces are looked for in a small copy, at a
# quarter of the cost or less: the network was taught faces of up to 400 px. Four copies fit one canvas.
COPY_FROM_SIDE_PX, COPY_SIDE_PX = 640, 304
LEAST_FACE_IN_COPY_PX = 64


class _Look(NamedTuple):
    """One look at a part, at a scale; of the faces found those count whose width in the part is within limits."""

    part: int
    scale: float
    least_width: float = 0.0
    below_width: float = float("inf")


class _Candidates(NamedTuple):
    """Boxes (n, 4) in pixels of a part, several of one face, their logits, and the seconds spent on them."""

    boxes: Floats
    logits: Floats
    seconds: float


class MaskwatchDetector:
    """Finds faces with a network of 1.6 million weights."""

    name = "maskwatch"

    def __init__(
        self, registry: str | Path | None, min_face_px: int, min_face_confidence: float, demands: Demands | None = None
    ) -> None:
        """Load the current version of ``registry``, or the shipped one where it has no detector.

        Raises:
            DetectorUnavailable: the version is incomplete, corrupt or does not run.
        """
        self._min_face_px = min_face_px
        self._manifest, model = _load(registry)
        self._least_logit = _logit(min_face_confidence, self._manifest)
        try:
            self._network = load_network(model, demands or Demands())
            self.detect(np.zeros((64, 64, 3), np.uint8))
        except (ValueError, RuntimeError) as error:
            raise DetectorUnavailable(
                f"the face detector's version {self._manifest.version} does not run: {error}"
            ) from error

    def detect(self, picture: Picture, whole: Size | None = None) -> list[FaceBox]:
        """See ``Detector.detect``."""
        (found,) = self.detect_each([Part(picture, whole or size_of(picture))], map)
        return found.faces

    def detect_each(self, parts: Sequence[Part], each: Each) -> list[Found]:
        """See ``Detector.detect_each``: parts are laid side by side, and the network is run over all of them."""
        looks = [look for number, part in enumerate(parts) for look in self._looks(number, part)]
        shown = [_shown_size(parts[look.part].picture, look.scale) for look in looks]
        mosaic = packed(shown)
        found = each(lambda canvas: self._look(canvas, mosaic, looks, parts), range(len(mosaic.canvases)))
        of_part: list[list[_Candidates]] = [[] for _ in parts]
        for candidates in found:
            for part, some in candidates:
                of_part[part].append(some)
        return [self._found(part.picture, some) for part, some in zip(parts, of_part, strict=True)]

    def _looks(self, number: int, part: Part) -> list[_Look]:
        longer = max(part.whole)
        scale = _scale(longer, self._min_face_px)
        # Each face has its place in one of both looks; a part of a large face is taken for none.
        limit = LEAST_FACE_IN_COPY_PX * longer / COPY_SIDE_PX
        is_copied = scale > 1 or longer * scale > COPY_FROM_SIDE_PX
        if not is_copied or part.picture.shape[1] < limit:
            return [_Look(number, scale)]
        return [_Look(number, scale, 0.0, limit), _Look(number, COPY_SIDE_PX / longer, limit)]

    def _look(
        self, canvas: int, mosaic: Mosaic, looks: Sequence[_Look], parts: Sequence[Part]
    ) -> list[tuple[int, _Candidates]]:
        """What is found on one canvas, by part."""
        started = time.monotonic()
        takes = self._manifest.input
        width, height = (-(-side // takes.multiple) * takes.multiple for side in mosaic.canvases[canvas])
        inputs = np.full((1, height, width, 3), takes.padding, np.uint8)
        here = [(look, place) for look, place in zip(looks, mosaic.places, strict=True) if place.canvas == canvas]
        shown = [_show(parts[look.part].picture, look.scale, inputs[0], (place.x, place.y)) for look, place in here]
        boxes, logits = decode(self._maps(inputs), self._manifest.strides, self._least_logit)
        centres = (boxes[:, :2] + boxes[:, 2:]) / 2
        seconds = (time.monotonic() - started) / sum(each[0] * each[1] for each in shown)
        found = []
        for (look, place), size in zip(here, shown, strict=True):
            origin = np.array([place.x, place.y], np.float32)
            inside = ((centres >= origin) & (centres < origin + size)).all(axis=1)
            own = (boxes[inside] - np.tile(origin, 2)) / np.float32(look.scale)
            counts = (_widths(own) >= look.least_width) & (_widths(own) < look.below_width)
            candidates = _Candidates(own[counts], logits[inside][counts], seconds * size[0] * size[1])
            found.append((look.part, candidates))
        return found

    def _found(self, picture: Picture, candidates: Sequence[_Candidates]) -> Found:
        boxes = np.concatenate([each.boxes for each in candidates])
        logits = np.concatenate([each.logits for each in candidates])
        kept = surest(boxes, logits, self._manifest.overlap)
        kept = kept[~is_part(boxes[kept], logits[kept])]
        faces = [
            FaceBox(clipped(Box(*map(float, boxes[i])), picture), _confidence(float(logits[i]), self._manifest))
            for i in kept
        ]
        large = [face for face in faces if face.box.width >= SIZE_TOLERANCE * self._min_face_px]
        return Found(large, sum(each.seconds for each in candidates))

    def _maps(self, inputs: npt.NDArray[np.uint8]) -> list[Floats]:
        """The network's maps of a canvas, finest first, (rows, columns, 5) each."""
        parts = sorted(
            (each[0] for each in self._network.outputs(_numbers(inputs, self._manifest))),
            key=lambda part: (-part.shape[0], part.shape[2]),
        )
        of_level = len(parts) // len(self._manifest.strides)
        return [np.concatenate(parts[i : i + of_level], axis=2) for i in range(0, len(parts), of_level)]


def _widths(boxes: Floats) -> Floats:
    return boxes[:, 2] - boxes[:, 0]


def _load(root: str | Path | None) -> tuple[DetectorManifest, bytes]:
    registry = DetectorRegistry(root) if root is not None and DetectorRegistry(root).versions() else None
    registry = registry or DetectorRegistry(SHIPPED_MODELS)
    try:
        manifest = registry.verified(registry.current())
    except ModelError as error:
        raise DetectorUnavailable(f"no face detector: {error}") from error
    # By content, not by path: a mapped file that is replaced under a running worker would kill it.
    return manifest, (registry.path(manifest.version) / manifest.model_file).read_bytes()


def _scale(longer: int, min_face_px: int) -> float:
    shown = longer * SHOWN_FACE_PX / min_face_px
    return float(np.clip(shown, LEAST_SIDE_PX, MOST_SIDE_PX) / longer)


def _shown_size(picture: Picture, scale: float) -> Size:
    width, height = (max(1, round(side * scale)) for side in size_of(picture))
    return width, height


def _show(picture: Picture, scale: float, canvas: npt.NDArray[np.uint8], at: tuple[int, int]) -> Size:
    """Draw a picture at a scale onto the canvas; its size there."""
    (x, y), (width, height) = at, _shown_size(picture, scale)
    room = canvas[y : y + height, x : x + width]
    if scale == 1:
        room[:] = picture
    else:
        cv2.resize(picture, (width, height), dst=room, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    return width, height


def _numbers(canvas: npt.NDArray[np.uint8], manifest: DetectorManifest) -> npt.NDArray[Any]:
    """BGR pixels as the network takes them."""
    takes = manifest.input
    ordered = canvas if takes.order == "bgr" else np.ascontiguousarray(canvas[..., ::-1])
    if takes.dtype == "uint8":
        return ordered
    return np.asarray(ordered * np.float32(takes.scale) + np.float32(takes.offset), np.float32)


def _confidence(logit: float, manifest: DetectorManifest) -> float:
    return float(1 / (1 + np.exp(-(logit * manifest.confidence_slope + manifest.confidence_offset))))


def _logit(confidence: float, manifest: DetectorManifest) -> float:
    odds = np.clip(confidence, 1e-6, 1 - 1e-6)
    return float((np.log(odds / (1 - odds)) - manifest.confidence_offset) / manifest.confidence_slope)
