"""From the maps of our face detector to boxes: nothing here knows a picture or a file."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

# Distances beyond these powers of e, in strides, are noise.
LEAST_LOG_DISTANCE, MOST_LOG_DISTANCE = -6.0, 4.0
# A box lies within another with this share of its area, and is taken for a part of that face unless it
# is surer by more than this: a false large box must not hide the true faces in it.
WITHIN = 0.85
NEARLY_AS_SURE = 0.5


def decode(maps: Sequence[Floats], strides: Sequence[int], least_logit: float) -> tuple[Floats, Floats]:
    """Boxes (n, 4) in pixels of the network's input and logits (n,) of the cells that are sure enough.

    The maps are those of ``shared.detector_manifest.DetectorManifest``, (rows, columns, 5) each.
    """
    levels = [_level(values, stride, least_logit) for values, stride in zip(maps, strides, strict=True)]
    return np.concatenate([boxes for boxes, _ in levels]), np.concatenate([logits for _, logits in levels])


def surest(boxes: Floats, scores: Floats, overlap: float) -> npt.NDArray[np.intp]:
    """Which boxes stay, the surest first, where of those that overlap by ``overlap`` or more only the surest does."""
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    left = np.argsort(-scores, kind="stable")
    kept = []
    while len(left):
        first, left = left[0], left[1:]
        kept.append(first)
        shared = _shared(boxes[first], boxes[left])
        left = left[shared < overlap * (areas[first] + areas[left] - shared)]
    return np.array(kept, np.intp)


def is_part(boxes: Floats, logits: Floats) -> npt.NDArray[np.bool_]:
    """Which boxes are a part of another's face, such as its mouth: within a larger box that is nearly as sure."""
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    shared = _shared(boxes[:, None], boxes[None])  # (part, whole)
    within = (shared >= WITHIN * areas[:, None]) & (areas[None] > areas[:, None])
    return np.asarray((within & (logits[None] >= logits[:, None] - NEARLY_AS_SURE)).any(axis=1))


def _shared(one: Floats, other: Floats) -> Floats:
    """The area that boxes share, pair by pair."""
    low, high = np.maximum(one[..., :2], other[..., :2]), np.minimum(one[..., 2:], other[..., 2:])
    return np.asarray(np.clip(high - low, 0, None).prod(axis=-1), np.float32)


def _level(values: Floats, stride: int, least_logit: float) -> tuple[Floats, Floats]:
    rows, columns = np.nonzero(values[:, :, 0] >= least_logit)
    cells = values[rows, columns]
    centres = (np.stack([columns, rows], axis=1) + 0.5) * stride
    distances = np.exp(np.clip(cells[:, 1:], LEAST_LOG_DISTANCE, MOST_LOG_DISTANCE)) * stride
    boxes = np.concatenate([centres - distances[:, :2], centres + distances[:, 2:]], axis=1)
    return boxes.astype(np.float32), cells[:, 0]
