"""Bare faces where people are: the face of one picture set over the masked one of another.

Annotated photographs show many masked faces among bodies, in crowds and at every angle of light, and
few bare ones; pictures of bare faces show little else. A detector that learns both as they come finds
bare faces less often in scenes.
"""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.detector.album import BARE, Boxes, Page, Pixels
from trainer.detector.teacher import Points

MIN_TARGET_PX = 10.0
MIN_SOURCE_PX = 48.0
# How far the visible part reaches from the middle of a face's box, in its half width and half height.
ROUND = np.array([0.98, 1.06], np.float32)
DOWN_TO_NOSE = 0.2  # of the box's height below its middle, where a mask pulled down begins
PULLED_DOWN_SHARE = 0.15

Matrix = NDArray[np.float64]  # (2, 3)


class FaceSwapper:
    """Sets faces of some pages over masked faces of others."""

    def __init__(self, bare: Sequence[Page]) -> None:
        """Take faces from pages that show one bare face each."""
        self._sources = [page for page in bare if np.ptp(page.faces[0][::2]) >= MIN_SOURCE_PX]

    def swapped(self, page: Page, share: float, rng: np.random.Generator) -> Page:
        """The page with about ``share`` of its masked faces made bare, or with the mask below the nose."""
        if not self._sources:
            return page
        pixels, kinds = page.pixels.copy(), page.kinds.copy()
        sides = page.faces[:, 2:] - page.faces[:, :2]
        chosen = ~page.is_bare & (sides.min(axis=1) >= MIN_TARGET_PX) & (rng.random(len(kinds)) < share)
        for face in np.nonzero(chosen)[0]:
            source = self._sources[rng.integers(len(self._sources))]
            _set(pixels, page.faces[face], page.landmarks[face], source, rng)
            kinds[face] = BARE
        return replace(page, pixels=pixels, kinds=kinds)


def _set(pixels: Pixels, box: Boxes, points: Points, source: Page, rng: np.random.Generator) -> None:
    """Paint the source's face over the box."""
    size = box[2:] - box[:2]
    low = np.maximum(np.floor(box[:2] - 0.2 * size), 0).astype(int)
    high = np.minimum(np.ceil(box[2:] + 0.2 * size), pixels.shape[1::-1]).astype(int)
    there = pixels[low[1] : high[1], low[0] : high[0]]
    if min(there.shape[:2]) < 4:
        return
    onto = _placed(source, box - np.tile(low, 2), points - low)
    zoom = float(np.sqrt(abs(np.linalg.det(onto[:, :2]))))
    face, onto = _shrunk(source.pixels, onto, zoom)
    shape = there.shape[1::-1]
    warped = np.asarray(cv2.warpAffine(face, onto, shape, borderMode=cv2.BORDER_REPLICATE), np.uint8)
    alpha = _outline(shape, box - np.tile(low, 2), rng)
    inside = cv2.warpAffine(np.ones(face.shape[:2], np.float32), onto, shape)
    alpha = np.asarray(alpha * inside, np.float32)[..., None]
    mixed = there * (1 - alpha) + _like(warped, there, box - np.tile(low, 2), rng) * alpha
    there[:] = np.clip(mixed, 0, 255).astype(np.uint8)


def _placed(source: Page, box: Boxes, points: Points) -> Matrix:
    """From the source's pixels to the target's: eyes on eyes where both are known, else box on box."""
    if np.isfinite(points).all() and np.isfinite(source.landmarks[0]).all():
        found, _ = cv2.estimateAffinePartial2D(source.landmarks[0], points, method=cv2.LMEDS)
        if found is not None and 0.02 < abs(np.linalg.det(found[:, :2])) < 9:
            return np.asarray(found, np.float64)
    own = source.faces[0]
    zooms = (box[2:] - box[:2]) / (own[2:] - own[:2])
    shift = (box[:2] + box[2:]) / 2 - zooms * (own[:2] + own[2:]) / 2
    return np.array([[zooms[0], 0, shift[0]], [0, zooms[1], shift[1]]], np.float64)


def _shrunk(pixels: Pixels, onto: Matrix, zoom: float) -> tuple[Pixels, Matrix]:
    """The picture made smaller first, where linear sampling alone would skip pixels."""
    if zoom >= 0.75:
        return pixels, onto
    size = np.maximum((np.array(pixels.shape[1::-1]) * zoom).astype(int), 2)
    small = np.asarray(cv2.resize(pixels, size.tolist(), interpolation=cv2.INTER_AREA), np.uint8)
    onto = onto.copy()
    onto[:, :2] = onto[:, :2] * (np.array(pixels.shape[1::-1]) / size)
    return small, onto


def _outline(shape: Sequence[int], box: Boxes, rng: np.random.Generator) -> NDArray[np.float32]:
    """How solid the painted face is, 0 to 1: an oval with a soft edge, sometimes only down to the nose."""
    mask = np.zeros((shape[1], shape[0]), np.float32)
    centre, half = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) / 2 * ROUND * rng.uniform(0.9, 1.08)
    y, x = np.mgrid[0 : shape[1], 0 : shape[0]].astype(np.float32)
    mask[((x - centre[0]) / half[0]) ** 2 + ((y - centre[1]) / half[1]) ** 2 <= 1] = 1
    if rng.random() < PULLED_DOWN_SHARE:
        mask[y > centre[1] + DOWN_TO_NOSE * (box[3] - box[1])] = 0
    softness = max(float(rng.uniform(0.02, 0.1) * (box[2] - box[0])), 0.4)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), softness), np.float32)


def _like(face: Pixels, there: Pixels, box: Boxes, rng: np.random.Generator) -> NDArray[np.float32]:
    """The face in about the light of the skin above the mask that it covers."""
    x0, y0, x1, y1 = np.clip(box, 0, None).astype(int)
    upper = slice(y0, max(y0 + int(0.4 * (y1 - y0)), y0 + 1)), slice(x0, max(x1, x0 + 1))
    wanted, own = there[upper].reshape(-1, 3), face[upper].reshape(-1, 3)
    if not len(wanted):
        return face.astype(np.float32)
    gain = np.clip((wanted.mean(axis=0) + 8) / (own.mean(axis=0) + 8), 0.4, 2.5)
    return np.asarray(face * gain ** rng.uniform(0.3, 1.0), np.float32)
