"""Drawn faces on disk: what the trainer's tests train on."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray


def draw_face(random: np.random.Generator, has_mask: bool) -> NDArray[np.uint8]:
    """A BGR picture of 64 x 64 pixels, no two alike: a bright lower half is a mask, a dark line a mouth."""
    background = random.integers(0, 256, (8, 8, 3), np.uint8)
    picture = np.asarray(cv2.resize(background, (64, 64), interpolation=cv2.INTER_CUBIC), np.uint8)
    cv2.ellipse(picture, (32, 32), (20, 26), 0, 0, 360, (100, 130, 160), -1)
    for x in (24, 40):
        cv2.circle(picture, (x, 25), 3, (20, 20, 20), -1)
    if has_mask:
        cv2.rectangle(picture, (14, 34), (50, 56), (250, 250, 240), -1)
    else:
        cv2.line(picture, (25, 46), (39, 46), (40, 30, 90), 3)
    return picture


def draw_data(folder: Path, per_label: int, seed: int = 5) -> Path:
    """A data folder ``with_mask/`` and ``without_mask/`` of drawn faces."""
    random = np.random.default_rng(seed)
    for label in ("with_mask", "without_mask"):
        (folder / label).mkdir(parents=True)
        for number in range(per_label):
            cv2.imwrite(str(folder / label / f"{number:03}.png"), draw_face(random, label == "with_mask"))
    return folder
