"""Training pictures as cameras would have seen them: other framings, light, sharpness and sizes."""

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.crops import Pixels

# Training crops are kept this much wider than the network sees, so that a shifted or larger box
# still has real surroundings.
SURROUNDINGS = 1.4
SMALLEST_FACE_PX, LARGEST_FACE_PX = 14, 90
LUMA = np.array([[0.299], [0.587], [0.114]], np.float32)  # how bright red, green and blue look


class Augmenter:
    """Makes one variant of a crop after the other; the seed decides which."""

    def __init__(self, side: int, seed: int) -> None:
        """Make pictures of ``side`` x ``side`` pixels out of crops that are ``SURROUNDINGS`` times wider."""
        self._side = side
        self._random = np.random.default_rng(seed)

    def variant(self, crop: Pixels) -> Pixels:
        """A random variant of an RGB crop, in the order in which a camera spoils a picture."""
        picture = self._light(self._framed(crop))
        if self._happens(0.15):
            picture = self._blurred(picture)
        if self._happens(0.6):
            picture = self._seen_small(picture)
        elif self._happens(0.3):
            picture = self._compressed(picture)
        return picture

    def _framed(self, crop: Pixels) -> Pixels:
        """Flip, rotate, zoom and shift as loose boxes of several detectors do, in one resampling."""
        source, side = crop.shape[0], self._side
        zoom = side * SURROUNDINGS / source / self._random.uniform(0.8, 1.3)
        squeeze = self._random.uniform(0.92, 1.08)
        angle = np.deg2rad(self._random.normal(0, 9))
        mirror = -1 if self._happens(0.5) else 1
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        linear = zoom * turn @ np.diag([mirror * squeeze, 1 / squeeze])
        shift = self._random.uniform(-0.1, 0.1, 2) * side
        offset = side / 2 + shift - linear @ np.full(2, source / 2)
        affine = np.column_stack([linear, offset])
        method = cv2.INTER_LINEAR
        framed = cv2.warpAffine(crop, affine, (side, side), flags=method, borderMode=cv2.BORDER_REPLICATE)
        return self._cut_off(np.asarray(framed, np.uint8)) if self._happens(0.25) else np.asarray(framed, np.uint8)

    def _cut_off(self, picture: Pixels) -> Pixels:
        """Repeat the edge from up to 12 % within, as at a frame's border or in a tightly cropped picture.

        Both labels get it, so that a repeated edge tells nothing about the mask.
        """
        low = self._random.integers(0, self._side // 8, 2)
        high = self._side - 1 - self._random.integers(0, self._side // 8, 2)
        everywhere = np.arange(self._side)
        rows, columns = np.clip(everywhere, low[0], high[0]), np.clip(everywhere, low[1], high[1])
        return np.ascontiguousarray(picture[rows[:, None], columns[None, :]])

    def _light(self, picture: Pixels) -> Pixels:
        """Brightness, contrast, colour cast and gamma; now and then grey, as an infrared camera at night."""
        scaled = picture.astype(np.float32) / 255
        if self._happens(0.12):
            scaled = np.repeat(scaled @ LUMA, 3, axis=2)
        elif self._happens(0.5):
            grey = scaled.mean(axis=2, keepdims=True)
            scaled = grey + (scaled - grey) * np.float32(self._random.uniform(0.4, 1.5))
            scaled = scaled * self._random.uniform(0.88, 1.12, 3).astype(np.float32)
        middle = scaled.mean()
        scaled = (scaled - middle) * np.float32(self._random.uniform(0.6, 1.35)) + middle
        scaled = scaled + np.float32(self._random.normal(0, 0.09))
        gamma = np.float32(np.exp(self._random.normal(0, 0.25)))
        lit = np.clip(scaled, 0, 1) ** gamma
        return np.asarray(lit * 255, np.uint8)

    def _blurred(self, picture: Pixels) -> Pixels:
        if self._happens(0.5):
            return np.asarray(cv2.GaussianBlur(picture, (0, 0), self._random.uniform(0.5, 2.2)), np.uint8)
        length = int(self._random.integers(3, 9))
        kernel = np.zeros((length, length), np.float32)
        kernel[length // 2] = 1 / length
        turn = cv2.getRotationMatrix2D((length / 2 - 0.5, length / 2 - 0.5), self._random.uniform(0, 180), 1)
        line = np.asarray(cv2.warpAffine(kernel, turn, (length, length)), np.float32)
        return np.asarray(cv2.filter2D(picture, -1, line / max(float(line.sum()), 0.01)), np.uint8)

    def _seen_small(self, picture: Pixels) -> Pixels:
        """As a face of a few pixels: shrunk, with sensor noise, compressed, and enlarged again."""
        smallest, largest = np.log(SMALLEST_FACE_PX), np.log(LARGEST_FACE_PX)
        side = int(np.exp(self._random.uniform(smallest, largest)) * 1.3)
        small = cv2.resize(
            picture, (side, side), interpolation=int(self._random.choice([cv2.INTER_AREA, cv2.INTER_LINEAR]))
        )
        if self._happens(0.4):
            noise = self._random.normal(0, self._random.uniform(1, 9), small.shape)
            small = np.clip(small + noise, 0, 255).astype(np.uint8)
        if self._happens(0.6):
            small = self._compressed(np.asarray(small, np.uint8))
        method = cv2.INTER_AREA if side > self._side else int(self._random.choice([cv2.INTER_LINEAR, cv2.INTER_CUBIC]))
        return np.asarray(cv2.resize(small, (self._side, self._side), interpolation=method), np.uint8)

    def _compressed(self, picture: Pixels) -> Pixels:
        quality = int(self._random.integers(25, 92))
        _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
        return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)

    def _happens(self, probability: float) -> bool:
        return bool(self._random.random() < probability)


def centres(crops: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """What the network sees of crops with surroundings, unspoilt: [n, side, side, 3]."""
    whole = crops.shape[1]
    inner = round(whole / SURROUNDINGS)
    start = (whole - inner) // 2
    cut = crops[:, start : start + inner, start : start + inner]
    return np.stack([cv2.resize(each, (side, side), interpolation=cv2.INTER_AREA) for each in cut]).astype(np.uint8)


def seen_small(pictures: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """The same pictures as faces of few pixels: shrunk to ``side`` and enlarged again."""
    whole = pictures.shape[1]
    shrunk = (cv2.resize(each, (side, side), interpolation=cv2.INTER_AREA) for each in pictures)
    return np.stack([cv2.resize(each, (whole, whole), interpolation=cv2.INTER_LINEAR) for each in shrunk]).astype(
        np.uint8
    )
