"""Scenes that teach: looks at photographs, mosaics, faces cut out and set elsewhere, and no face at all."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.detector.album import Boxes, Page, Pixels
from trainer.detector.backdrops import backdrop, piece
from trainer.detector.canvas import Canvas, view
from trainer.detector.swaps import FaceSwapper

# How often which scene is made; before any false faces are known, photographs stand in for them.
PHOTOGRAPH, SINGLE, MOSAIC, CUT_OUTS, CLOSE_UP, NO_FACE, FALSE_FACE = 0.40, 0.18, 0.16, 0.11, 0.03, 0.05, 0.07
MIN_FACE_PX = 11.0
MAX_ZOOM = 3.0  # beyond this a face is a blur that no camera shows
# The largest faces, of the scene's side. Of the largest a part lies outside.
LARGEST_OF_PHOTOGRAPH, LARGEST_OF_SINGLE, LARGEST_OF_TILE = 0.9, 1.2, 0.95
# Faces as large as this fill more than the scene. Their parts are no faces: a worker finds the whole one in
# a smaller copy of its picture.
CLOSE_UP_SIDES = (2.0, 4.0)
FALSE_FACE_PX = (14.0, 130.0)
BARE_SHARE = 0.5
# How many photographs, and pictures of one masked face, are changed, and what part of a photograph's masks goes.
SWAPPED_PHOTOGRAPHS, SWAPPED_SINGLES, SWAPPED_FACES = 0.6, 0.25, 0.45


class SceneMaker:
    """Makes scenes of one size, each from chance alone."""

    def __init__(
        self,
        photographs: Sequence[Page],
        singles: Sequence[Page],
        side_px: int,
        false_faces: Sequence[tuple[Page, Boxes]] = (),
    ) -> None:
        """Take faces from these pages; ``false_faces`` are boxes (4,) on pages that were taken for a face."""
        self._photographs = [page for page in photographs if len(page.faces)]
        self._pages = [*photographs, *singles]
        self._bare = [page for page in singles if page.is_bare[0]]
        self._masked = [page for page in singles if not page.is_bare[0]]
        self._swapper = FaceSwapper(self._bare)
        self._false_faces = false_faces
        with_bare = [index for index, page in enumerate(self._photographs) if page.is_bare.any()]
        # Photographs with a bare face are few; they come twice as often.
        self._order = np.array([*range(len(self._photographs)), *with_bare])
        self._side = side_px

    def scene(self, rng: np.random.Generator) -> Canvas:
        """One scene."""
        size = (self._side, self._side)
        makers = (
            lambda: self._photograph(size, rng),
            lambda: self._single(size, LARGEST_OF_SINGLE, rng),
            lambda: self._mosaic(rng),
            lambda: self._cut_outs(rng),
            lambda: self._close_up(size, rng),
            lambda: Canvas.of(self._behind(size, rng)),
            lambda: self._false_face(size, rng) if self._false_faces else self._photograph(size, rng),
        )
        kind = rng.choice(len(makers), p=(PHOTOGRAPH, SINGLE, MOSAIC, CUT_OUTS, CLOSE_UP, NO_FACE, FALSE_FACE))
        return makers[kind]()

    def _photograph(self, size: tuple[int, int], rng: np.random.Generator) -> Canvas:
        page = self._photographs[rng.choice(self._order)]
        if rng.random() < SWAPPED_PHOTOGRAPHS:
            page = self._swapper.swapped(page, SWAPPED_FACES, rng)
        weights = np.where(page.is_bare, 3.0, 1.0)
        face = page.faces[rng.choice(len(weights), p=weights / weights.sum())]
        return view(page, face, _side(face, LARGEST_OF_PHOTOGRAPH * size[0], rng), self._behind(size, rng), rng)

    def _single(self, size: tuple[int, int], largest: float, rng: np.random.Generator) -> Canvas:
        page = self._someone(rng)
        if not page.is_bare[0] and rng.random() < SWAPPED_SINGLES:
            page = self._swapper.swapped(page, 1.0, rng)
        face = page.faces[0]
        return view(page, face, _side(face, largest * size[0], rng), self._behind(size, rng), rng)

    def _false_face(self, size: tuple[int, int], rng: np.random.Generator) -> Canvas:
        page, box = self._false_faces[int(rng.integers(len(self._false_faces)))]
        return view(page, box, rng.uniform(*FALSE_FACE_PX), self._behind(size, rng), rng)

    def _behind(self, size: tuple[int, int], rng: np.random.Generator) -> Pixels:
        return backdrop(self._pages, *size, rng)

    def _close_up(self, size: tuple[int, int], rng: np.random.Generator) -> Canvas:
        page, side = self._someone(rng), size[0] * rng.uniform(*CLOSE_UP_SIDES)
        near = view(page, page.faces[0], side, self._behind(size, rng), rng)
        return Canvas.of(near.pixels)

    def _mosaic(self, rng: np.random.Generator) -> Canvas:
        cells = int(rng.integers(2, 5))
        side = self._side // cells
        scene = Canvas.of(np.zeros((self._side, self._side, 3), np.uint8))
        scene.pixels[:] = rng.integers(0, 256, 3)
        for row in range(cells):
            for column in range(cells):
                self._tile(scene, row * side, column * side, side, rng)
        return scene

    def _tile(self, scene: Canvas, y: int, x: int, side: int, rng: np.random.Generator) -> None:
        chance = rng.random()
        if chance < 0.2:
            tile = Canvas.of(piece(self._pages, side, side, rng))
        elif chance < 0.4:
            tile = self._photograph((side, side), rng)
        else:
            tile = self._single((side, side), LARGEST_OF_TILE, rng)
        scene.pixels[y : y + side, x : x + side] = tile.pixels
        shift = np.array([x, y, x, y], np.float32)
        scene.add(tile.faces + shift, tile.unclear + shift)

    def _cut_outs(self, rng: np.random.Generator) -> Canvas:
        scene = Canvas.of(backdrop(self._pages, self._side, self._side, rng))
        largest = float(np.exp(rng.uniform(np.log(24), np.log(150))))
        for _ in range(rng.integers(1, 9)):
            side = largest * rng.uniform(0.5, 1.0)
            if rng.random() < 0.3:  # cut-outs without a face, so that their edges tell nothing
                shape = (int(side * rng.uniform(0.8, 2.2)) + 4, int(side * rng.uniform(0.8, 1.8)) + 4)
                _paste(scene, piece(self._pages, *shape, rng), None, rng)
            else:
                self._paste_face(scene, max(side, MIN_FACE_PX), rng)
        return scene

    def _paste_face(self, scene: Canvas, side: float, rng: np.random.Generator) -> None:
        page = self._someone(rng)
        x0, y0, x1, y1 = page.faces[0]
        height, width = page.pixels.shape[:2]
        # How much hair, neck and shoulders come along.
        left, top, right, low = rng.uniform((0.02, 0.05, 0.02, 0.02), (0.45, 0.5, 0.45, 0.6)) * (y1 - y0)
        ax, ay = int(max(x0 - left, 0)), int(max(y0 - top, 0))
        bx, by = int(np.ceil(min(x1 + right, width))), int(np.ceil(min(y1 + low, height)))
        zoom = min(side / float(np.sqrt((x1 - x0) * (y1 - y0))), MAX_ZOOM)
        shape = (max(round((bx - ax) * zoom), 4), max(round((by - ay) * zoom), 4))
        method = cv2.INTER_AREA if zoom < 1 else cv2.INTER_LINEAR
        cut = np.asarray(cv2.resize(page.pixels[ay:by, ax:bx], shape, interpolation=method), np.uint8)
        box = (np.array([x0 - ax, y0 - ay, x1 - ax, y1 - ay]) * zoom).astype(np.float32)
        _paste(scene, cut, box, rng)

    def _someone(self, rng: np.random.Generator) -> Page:
        pages = self._bare if rng.random() < BARE_SHARE else self._masked
        return pages[rng.integers(len(pages))]


def _side(face: Boxes, largest: float, rng: np.random.Generator) -> float:
    own = float(np.sqrt((face[2:] - face[:2]).prod()))
    high = max(min(largest, own * MAX_ZOOM), MIN_FACE_PX + 1)
    if rng.random() < 0.5:  # drawn by their logarithm alone, most faces would be small
        return float(rng.uniform(MIN_FACE_PX, high))
    return float(np.exp(rng.uniform(np.log(MIN_FACE_PX), np.log(high))))


def _paste(scene: Canvas, cut: Pixels, face: NDArray[np.float32] | None, rng: np.random.Generator) -> None:
    """Set a cut-out anywhere on the scene; ``face`` is its box within the cut-out."""
    height, width = cut.shape[:2]
    tall, wide = scene.size
    x, y = int(rng.integers(-width // 4, wide - width // 2)), int(rng.integers(-height // 4, tall - height // 2))
    low, high = np.maximum((x, y), 0), np.minimum((x + width, y + height), (wide, tall))
    if (high - low < 3).any():
        return
    part = (slice(low[1] - y, high[1] - y), slice(low[0] - x, high[0] - x))
    there = (slice(low[1], high[1]), slice(low[0], high[0]))
    alpha = _outline(height, width, face, rng)[part][..., None]
    mixed = scene.pixels[there] * (1 - alpha) + cut[part] * alpha
    scene.pixels[there] = mixed.astype(np.uint8)
    solid = np.array([x, y, x + width, y + height], np.float32)
    inset = 0.1 * np.array([width, height, -width, -height], np.float32)
    scene.cover(solid + inset)
    if face is not None:
        shifted = face + np.array([x, y, x, y], np.float32)
        scene.add(shifted[None], np.zeros((0, 4), np.float32))


def _outline(
    height: int, width: int, face: NDArray[np.float32] | None, rng: np.random.Generator
) -> NDArray[np.float32]:
    """How solid a cut-out is, 0 to 1: a rectangle or an oval, its edge hard or soft, the face within it whole."""
    mask = np.zeros((height, width), np.float32)
    if rng.random() < 0.4:
        mask[:] = 1
    else:
        cv2.ellipse(mask, (width // 2, height // 2), (max(width // 2, 1), max(height // 2, 1)), 0, 0, 360, 1.0, -1)
        if face is not None:
            centre = (face[:2] + face[2:]) / 2
            half = (face[2:] - face[:2]) / 2 * 1.1
            cv2.ellipse(
                mask, (int(centre[0]), int(centre[1])), (int(half[0]) + 1, int(half[1]) + 1), 0, 0, 360, 1.0, -1
            )
    softness = rng.uniform(0, 0.06) * min(height, width)
    if softness > 0.3 and rng.random() < 0.7:
        mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), softness, borderType=cv2.BORDER_CONSTANT), np.float32)
    return mask
