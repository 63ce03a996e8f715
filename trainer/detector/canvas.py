"""A picture that is being put together, and where faces are on it."""

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.detector.album import Boxes, Page, Pixels

# A face of which less than this can be seen, at the edge or behind something, teaches nothing.
MIN_VISIBLE = 0.55
HIDDEN = 0.15  # of which less than this can be seen is none
MAX_TURN_DEGREES = 12.0


@dataclass
class Canvas:
    """A scene: RGB pixels, boxes of faces (n, 4), and regions that may or may not be faces (m, 4)."""

    pixels: Pixels
    faces: Boxes
    unclear: Boxes

    @classmethod
    def of(cls, pixels: Pixels) -> Self:
        """A scene without faces."""
        return cls(pixels, no_boxes(), no_boxes())

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self.pixels.shape[0], self.pixels.shape[1]

    def cover(self, box: Boxes) -> None:
        """Something was painted over ``box``: faces below it are hidden in part or whole."""
        low, high = np.maximum(box[:2], self.faces[:, :2]), np.minimum(box[2:], self.faces[:, 2:])
        hidden = np.clip(high - low, 0, None).prod(axis=1)
        self._judge(1 - hidden / _areas(self.faces))

    def add(self, faces: Boxes, unclear: Boxes) -> None:
        """Put boxes on the scene, cut to it."""
        height, width = self.size
        limits = np.array([width, height, width, height], np.float32)
        cut = np.clip(faces, 0, limits)
        old = len(self.faces)
        self.faces = np.concatenate([self.faces, cut])
        self.unclear = np.concatenate([self.unclear, np.clip(unclear, 0, limits)])
        visible = np.ones(len(self.faces), np.float32)
        visible[old:] = _areas(cut) / _areas(faces)
        self._judge(visible)

    def _judge(self, visible: NDArray[np.float32]) -> None:
        partly = (visible < MIN_VISIBLE) & (visible > HIDDEN)
        self.unclear = np.concatenate([self.unclear, self.faces[partly]])
        self.faces = self.faces[visible >= MIN_VISIBLE]


def view(page: Page, box: Boxes, side_px: float, behind: Pixels, rng: np.random.Generator) -> Canvas:
    """A look at a page in which a box of it (4,), mostly a face, has about ``side_px``; painted on ``behind``."""
    height, width = behind.shape[:2]
    zoom = side_px / float(np.sqrt((box[2:] - box[:2]).prod()))
    zooms = zoom * np.exp(rng.uniform(-0.08, 0.08, 2))
    pixels, shrunk = page.pixels, np.ones(2)
    if zoom < 0.75:  # linear sampling alone would skip pixels
        target = np.maximum((np.array(pixels.shape[1::-1]) * zooms).astype(int), 2)
        shrunk = target / np.array(pixels.shape[1::-1])
        pixels = np.asarray(cv2.resize(pixels, target.tolist(), interpolation=cv2.INTER_AREA), np.uint8)
    room = np.array([width, height]) / 2
    # How far from the middle the face's centre may be: mostly within the view, a larger face anywhere.
    reach = np.where(side_px > 2 * room, side_px / 2, np.maximum(room - side_px * 0.4, 0))
    at = room + rng.uniform(-reach, reach)
    turn = np.deg2rad(rng.normal(0, MAX_TURN_DEGREES / 2)) if rng.random() < 0.3 else 0.0
    turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    matrix = turned * zooms
    shift = at - matrix @ ((box[:2] + box[2:]) / 2)
    to_canvas = np.concatenate([matrix / shrunk, shift[:, None]], axis=1)
    border = cv2.BORDER_REPLICATE if rng.random() < 0.15 else cv2.BORDER_TRANSPARENT
    drawn = cv2.warpAffine(pixels, to_canvas, (width, height), behind, borderMode=border)
    scene = Canvas.of(np.asarray(drawn, np.uint8))
    scene.add(_moved(page.faces, matrix, shift, zooms), _moved(page.unclear, matrix, shift, zooms))
    return scene


def no_boxes() -> Boxes:
    """(0, 4)."""
    return np.zeros((0, 4), np.float32)


def _moved(boxes: Boxes, matrix: NDArray[np.float64], shift: NDArray[np.float64], zooms: NDArray[np.float64]) -> Boxes:
    # A slightly turned face keeps an upright box around its new centre.
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2 @ matrix.T + shift
    halves = (boxes[:, 2:] - boxes[:, :2]) / 2 * zooms
    return np.concatenate([centres - halves, centres + halves], axis=1).astype(np.float32)


def _areas(boxes: Boxes) -> NDArray[np.float32]:
    areas = np.clip(boxes[:, 2:] - boxes[:, :2], 0, None).prod(axis=1)
    return np.asarray(np.maximum(areas, 1e-6), np.float32)
