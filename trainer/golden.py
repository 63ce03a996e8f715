"""Drawn pictures whose probabilities a loaded network must give again: no real person is in them."""

import cv2
import numpy as np

from trainer.crops import Pixels

SKINS = ((236, 200, 170), (120, 80, 58))
MASK = (170, 205, 225)


def golden_pictures(size: int) -> dict[str, Pixels]:
    """RGB pictures of the network's input size, by name: drawn faces and seeded noise."""
    noise = np.random.default_rng(7).integers(0, 256, (size, size, 3), np.uint8)
    faces = {
        f"{name}_{number}": _drawn_face(size, skin, has_mask)
        for number, skin in enumerate(SKINS, start=1)
        for name, has_mask in (("masked", True), ("bare", False))
    }
    return faces | {"noise": noise}


def _drawn_face(size: int, skin: tuple[int, int, int], has_mask: bool) -> Pixels:
    picture = np.full((size, size, 3), (90, 110, 100), np.uint8)

    def at(x: float, y: float) -> tuple[int, int]:
        return round(x * size), round(y * size)

    cv2.ellipse(picture, at(0.5, 0.42), at(0.4, 0.4), 0, 0, 360, (40, 30, 25), -1)
    cv2.ellipse(picture, at(0.5, 0.52), at(0.33, 0.42), 0, 0, 360, skin, -1)
    for x in (0.37, 0.63):
        cv2.ellipse(picture, at(x, 0.42), at(0.07, 0.035), 0, 0, 360, (245, 245, 245), -1)
        cv2.circle(picture, at(x, 0.42), round(0.03 * size), (30, 25, 20), -1)
    if has_mask:
        corners = np.array([at(0.2, 0.52), at(0.5, 0.48), at(0.8, 0.52), at(0.72, 0.82), at(0.5, 0.92), at(0.28, 0.82)])
        cv2.fillPoly(picture, [corners], MASK)
    else:
        shade = tuple(int(0.75 * channel) for channel in skin)
        cv2.ellipse(picture, at(0.5, 0.58), at(0.05, 0.06), 0, 0, 180, shade, -1)
        cv2.ellipse(picture, at(0.5, 0.75), at(0.14, 0.04), 0, 0, 360, (160, 60, 60), -1)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), size / 96), np.uint8)
