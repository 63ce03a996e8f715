"""Our own face detector, taught to find masked and bare faces alike; its weights ship with the worker."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from shared.detector_manifest import DetectorInput, DetectorManifest, DetectorRegistry
from shared.messages import Box
from shared.model_registry import ModelError
from worker.detectors.cells import decode, is_part, surest
from worker.detectors.detector import SIZE_TOLERANCE, DetectorUnavailable, FaceBox, Picture, Size, clipped, size_of
from worker.detectors.sized_networks import SizedNetworks

Floats = npt.NDArray[np.float32]

SHIPPED_MODELS = Path(__file__).parents[1] / "models"
# The smallest faces that matter are shown to the network this wide: wider costs time, narrower costs
# faces. Chosen on photographs of boxes/train that the network was not taught.
SHOWN_FACE_PX = 24
# A picture is shown within these limits of its longer side whatever faces matter: small pictures are enlarged,
# which costs no more than a usual camera's and finds bare faces that are missed otherwise.
LEAST_SIDE_PX, MOST_SIDE_PX = 640, 1280
# Where a picture is shown larger than this, or enlarged, large faces are looked for in a small copy, at a
# quarter of the cost or less: the network was taught faces of up to 400 px.
COPY_FROM_SIDE_PX, COPY_SIDE_PX = 640, 320
LEAST_FACE_IN_COPY_PX = 64


class MaskwatchDetector:
    """Finds faces with a network of 1.6 million weights, run by LiteRT."""

    name = "maskwatch"

    def __init__(self, registry: str | Path | None, min_face_px: int, min_face_confidence: float) -> None:
        """Load the current version of ``registry``, or the shipped one where it has no detector.

        Raises:
            DetectorUnavailable: the version is incomplete, corrupt or does not run.
        """
        self._min_face_px = min_face_px
        self._min_face_confidence = min_face_confidence
        self._manifest, model = _load(registry)
        self._networks = SizedNetworks(model)
        self._least_logit = _logit(min_face_confidence, self._manifest)
        try:
            self._maps(np.zeros((64, 64, 3), np.uint8))
        except (ValueError, RuntimeError) as error:
            raise DetectorUnavailable(
                f"the face detector's version {self._manifest.version} does not run: {error}"
            ) from error

    def detect(self, picture: Picture, whole: Size | None = None) -> list[FaceBox]:
        """See ``Detector.detect``."""
        boxes, logits = self._candidates(picture, max(whole or size_of(picture)))
        kept = surest(boxes, logits, self._manifest.overlap)
        kept = kept[~is_part(boxes[kept], logits[kept])]
        faces = [
            FaceBox(clipped(Box(*map(float, boxes[i])), picture), _confidence(float(logits[i]), self._manifest))
            for i in kept
        ]
        return [face for face in faces if face.box.width >= SIZE_TOLERANCE * self._min_face_px]

    def _candidates(self, picture: Picture, longer: int) -> tuple[Floats, Floats]:
        """Boxes in the picture's pixels, several of one face, and their logits.

        ``longer`` is the longer side of the whole of which the picture may be a patch.
        """
        scale = _scale(longer, self._min_face_px)
        boxes, logits = self._found(picture, scale)
        if scale <= 1 and longer * scale <= COPY_FROM_SIDE_PX:
            return boxes, logits
        copied, copied_logits = self._found(picture, COPY_SIDE_PX / longer)
        # Each face has its place in one of both looks; a part of a large face is taken for none.
        limit = LEAST_FACE_IN_COPY_PX * longer / COPY_SIDE_PX
        small, large = _widths(boxes) < limit, _widths(copied) >= limit
        return np.concatenate([boxes[small], copied[large]]), np.append(logits[small], copied_logits[large])

    def _found(self, picture: Picture, scale: float) -> tuple[Floats, Floats]:
        """What one look at the picture at a scale finds."""
        boxes, logits = decode(self._maps(_shown(picture, scale)), self._manifest.strides, self._least_logit)
        return boxes / np.float32(scale), logits

    def _maps(self, shown: Picture) -> list[Floats]:
        """The network's maps of a picture, finest first, (rows, columns, 5) each."""
        parts = sorted(
            (each[0] for each in self._networks.outputs(_inputs(shown, self._manifest.input))),
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


def _shown(picture: Picture, scale: float) -> Picture:
    if scale == 1:
        return picture
    height, width = (max(1, round(side * scale)) for side in picture.shape[:2])
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, (width, height), interpolation=method), np.uint8)


def _inputs(shown: Picture, takes: DetectorInput) -> npt.NDArray[Any]:
    height, width = (-(-side // takes.multiple) * takes.multiple for side in shown.shape[:2])
    ordered = shown if takes.order == "bgr" else shown[:, :, ::-1]
    padding = takes.padding if takes.dtype == "uint8" else takes.padding * takes.scale + takes.offset
    inputs = np.full((1, height, width, 3), padding, takes.dtype)
    room = inputs[0, : shown.shape[0], : shown.shape[1]]
    if takes.dtype == "uint8":
        room[:] = ordered
    else:
        np.multiply(ordered, np.float32(takes.scale), out=room)
        room += np.float32(takes.offset)
    return inputs


def _confidence(logit: float, manifest: DetectorManifest) -> float:
    return float(1 / (1 + np.exp(-(logit * manifest.confidence_slope + manifest.confidence_offset))))


def _logit(confidence: float, manifest: DetectorManifest) -> float:
    odds = np.clip(confidence, 1e-6, 1 - 1e-6)
    return float((np.log(odds / (1 - odds)) - manifest.confidence_offset) / manifest.confidence_slope)
