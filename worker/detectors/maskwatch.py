"""Our own face detector, taught to find masked and bare faces alike; its weights ship with the worker."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from shared.detector_manifest import DetectorManifest, DetectorRegistry
from shared.messages import Box
from shared.model_registry import ModelError
from worker.detectors.cells import is_part, surest
from worker.detectors.closer import areas_around, is_cut
from worker.detectors.detector import (
    SIZE_TOLERANCE,
    DetectorUnavailable,
    Each,
    FaceBox,
    Part,
    Patch,
    Picture,
    Size,
    clipped,
    size_of,
)
from worker.detectors.looks import Look, Looker, Sighted
from worker.networks import Demands, Floats, load_network
from worker.networks.trial import try_out

SHIPPED_MODELS = Path(__file__).parents[1] / "models"
# The smallest faces that matter are shown to the network this wide: wider costs time, narrower costs
# faces. Chosen on photographs of boxes/train that the network was not taught.
SHOWN_FACE_PX = 24
# A picture is shown within these limits of its longer side whatever faces matter: small pictures are enlarged,
# which costs no more than a usual camera's and finds bare faces that are missed otherwise.
LEAST_SIDE_PX, MOST_SIDE_PX = 640, 1280
# Where a picture is enlarged, large faces are looked for in a small copy: the network was taught faces of up to
# 400 px. Four copies fit one canvas.
COPY_SIDE_PX = 304
LEAST_FACE_IN_COPY_PX = 64
# A picture that is to be shown larger than this is first shown at half that scale, for a quarter of the cost, where
# the network sees large faces as well and small ones dimly. What is less sure by no more than SUSPICION (in
# logits) is looked at closely (docs/decisions/0032-small-faces-are-looked-at-twice.md has what that finds).
COARSE_FROM_SIDE_PX = 640
COARSE_FROM_PX = 40_000  # what costs as little as the first look is looked at closely at once
SUSPICION = 1.4
# The coarse look tells of faces that are as large as SPLIT_PX at full scale, and of those surer than the least
# confidence by SURENESS that are as large as SURE_FROM_PX at its own scale.
SPLIT_PX = 56
SURE_FROM_PX, SURENESS = 20, 2.0
SHARED_SIZES = 1.25  # those larger by less are told by whichever look is surer of them
_CANVASES = ((64, 64), (720, 1280))  # height and width, in which a network is tried
CUT_PX = 2.0  # a face nearer than this to an edge of the area looked at goes on behind it


class _Glance(NamedTuple):
    """A look, and between which widths in pixels of the picture its faces count."""

    look: Look
    least_width: float = 0.0
    below_width: float = float("inf")
    is_coarse: bool = False  # small faces that it suspects are looked at closely


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
        demands = demands or Demands()
        try:
            try_out(model, demands.runtime, _trial_shapes(self._manifest.input.multiple), self._manifest.input.dtype)
            self._looker = Looker(load_network(model, demands), self._manifest)
            self.detect(np.zeros((720, 1280, 3), np.uint8))
        except (ValueError, RuntimeError) as error:
            raise DetectorUnavailable(
                f"the face detector's version {self._manifest.version} does not run: {error}"
            ) from error

    def detect(self, picture: Picture, whole: Size | None = None) -> list[FaceBox]:
        """See ``Detector.detect``."""
        (faces,) = self.detect_each([Part(picture, whole or size_of(picture))], map)
        return faces

    def detect_each(self, parts: Sequence[Part], each: Each) -> list[list[FaceBox]]:
        """See ``Detector.detect_each``."""
        pictures = [part.picture for part in parts]
        first = [glance for number, part in enumerate(parts) for glance in self._first(number, part)]
        least = self._least_logit - SUSPICION
        seen = self._looker.look([glance.look for glance in first], pictures, each, least)
        closer = [more for glance, sighted in zip(first, seen, strict=True) for more in self._closer(glance, sighted)]
        seen += self._looker.look([glance.look for glance in closer], pictures, each, self._least_logit)
        of_picture: list[list[Sighted]] = [[] for _ in parts]
        for glance, sighted in zip([*first, *closer], seen, strict=True):
            of_picture[glance.look.picture].append(self._counted(glance, sighted, pictures))
        return [self._found(*both) for both in zip(pictures, of_picture, strict=True)]

    def _first(self, number: int, part: Part) -> list[_Glance]:
        longer, whole = max(part.whole), Patch(0, 0, *size_of(part.picture))
        scale = _scale(longer, self._min_face_px)
        look = Look(number, whole, scale)
        if scale > 1:
            # Each face has its place in one of both looks; a part of a large face is taken for none.
            limit = LEAST_FACE_IN_COPY_PX * longer / COPY_SIDE_PX
            return [_Glance(look, 0.0, limit), _Glance(Look(number, whole, COPY_SIDE_PX / longer), limit)]
        if longer * scale <= COARSE_FROM_SIDE_PX or whole.pixels * scale**2 <= COARSE_FROM_PX:
            return [_Glance(look)]
        return [_Glance(Look(number, whole, scale / 2), SPLIT_PX / scale, is_coarse=True)]

    def _closer(self, glance: _Glance, sighted: Sighted) -> list[_Glance]:
        """Looks at where a coarse one suspects small faces."""
        if not glance.is_coarse:
            return []
        scale, below_width = 2 * glance.look.scale, SHARED_SIZES * glance.least_width
        suspects = sighted.boxes[(_widths(sighted.boxes) < below_width) & ~self._are_sure(glance, sighted)]
        areas = areas_around(suspects, SHOWN_FACE_PX / scale, glance.look.area)
        return [_Glance(Look(glance.look.picture, area, scale), 0.0, below_width) for area in areas]

    def _are_sure(self, glance: _Glance, sighted: Sighted) -> npt.NDArray[np.bool_]:
        """Which of the faces that a coarse look saw need no closer one."""
        is_large = _widths(sighted.boxes) * glance.look.scale >= SURE_FROM_PX
        return np.asarray(is_large & (sighted.logits >= self._least_logit + SURENESS))

    def _counted(self, glance: _Glance, sighted: Sighted, pictures: Sequence[Picture]) -> Sighted:
        """Of what was sighted, what this look is to tell."""
        boxes, logits = sighted
        widths, whole = _widths(boxes), Patch(0, 0, *size_of(pictures[glance.look.picture]))
        counts = (logits >= self._least_logit) & (widths >= glance.least_width) & (widths < glance.below_width)
        if glance.is_coarse:
            counts |= self._are_sure(glance, sighted)
        counts &= ~is_cut(boxes, glance.look.area, whole, CUT_PX)
        return Sighted(boxes[counts], logits[counts])

    def _found(self, picture: Picture, sighted: Sequence[Sighted]) -> list[FaceBox]:
        boxes = np.concatenate([each.boxes for each in sighted])
        logits = np.concatenate([each.logits for each in sighted])
        kept = surest(boxes, logits, self._manifest.overlap)
        kept = kept[~is_part(boxes[kept], logits[kept])]
        faces = [
            FaceBox(clipped(Box(*map(float, boxes[i])), picture), _confidence(float(logits[i]), self._manifest))
            for i in kept
        ]
        return [face for face in faces if face.box.width >= SIZE_TOLERANCE * self._min_face_px]


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


def _trial_shapes(multiple: int) -> list[tuple[int, int, int, int]]:
    """A small canvas and a large one."""
    sides = [(-(-height // multiple) * multiple, -(-width // multiple) * multiple) for height, width in _CANVASES]
    return [(1, *each, 3) for each in sides]


def _scale(longer: int, min_face_px: int) -> float:
    shown = longer * SHOWN_FACE_PX / min_face_px
    return float(np.clip(shown, LEAST_SIDE_PX, MOST_SIDE_PX) / longer)


def _confidence(logit: float, manifest: DetectorManifest) -> float:
    return float(1 / (1 + np.exp(-(logit * manifest.confidence_slope + manifest.confidence_offset))))


def _logit(confidence: float, manifest: DetectorManifest) -> float:
    odds = np.clip(confidence, 1e-6, 1 - 1e-6)
    return float((np.log(odds / (1 - odds)) - manifest.confidence_offset) / manifest.confidence_slope)
