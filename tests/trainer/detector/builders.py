"""Pages drawn in the test: blobs that stand for faces."""

import cv2
import numpy as np

from trainer.detector.album import BARE, Boxes, Page


def boxes(*rows: tuple[float, float, float, float]) -> Boxes:
    return np.array(rows, np.float32).reshape(-1, 4)


def a_page(name: str, *faces: tuple[float, float, float, float], bare: bool = False, side: int = 160) -> Page:
    """A grey page with a bright oval in each face's box."""
    pixels = np.full((side, side, 3), 90, np.uint8)
    for x0, y0, x1, y1 in faces:
        centre, half = (int((x0 + x1) / 2), int((y0 + y1) / 2)), (int((x1 - x0) / 2), int((y1 - y0) / 2))
        cv2.ellipse(pixels, centre, half, 0, 0, 360, (230, 190, 160), -1)
        cv2.circle(pixels, centre, max(half[0] // 3, 1), (20, 20, 20), -1)
    kinds = np.full(len(faces), BARE if bare else 0, np.int8)
    return Page(name, pixels, boxes(*faces), kinds, boxes(), np.full((len(faces), 5, 2), np.nan, np.float32))
