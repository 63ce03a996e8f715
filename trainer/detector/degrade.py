"""What cameras do to a scene: light, colour, blur, noise, compression."""

import cv2
import numpy as np

from trainer.detector.album import Pixels
from trainer.detector.canvas import Canvas

# How often what is done; the blurs share theirs.
BLURRED, NOISY, COMPRESSED, MIRRORED, DARK, GREY = 0.35, 0.35, 0.5, 0.5, 0.15, 0.12
QUALITY = (25, 95)  # of JPEG


def degraded(scene: Canvas, rng: np.random.Generator) -> Canvas:
    """The scene as some camera shows it, perhaps mirrored."""
    pixels = _lit(scene.pixels, rng)
    if rng.random() < BLURRED:
        pixels = _blurred(pixels, rng)
    if rng.random() < NOISY:
        noise = rng.standard_normal(pixels.shape[:2], np.float32)[..., None] * rng.uniform(2, 22)
        pixels = np.clip(pixels + noise, 0, 255).astype(np.uint8)
    if rng.random() < COMPRESSED:
        _, packed = cv2.imencode(".jpg", pixels, (cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(*QUALITY))))
        pixels = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
    faces, unclear = scene.faces, scene.unclear
    if rng.random() < MIRRORED:
        width = pixels.shape[1]
        pixels = np.ascontiguousarray(pixels[:, ::-1])
        faces, unclear = (
            (width - boxes[:, (2, 1, 0, 3)]) * (1, 0, 1, 0) + boxes * (0, 1, 0, 1) for boxes in (faces, unclear)
        )
    return Canvas(pixels, faces.astype(np.float32), unclear.astype(np.float32))


def _lit(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Other light: a table of 256 values a channel; sometimes without colour."""
    levels = np.linspace(0, 1, 256, dtype=np.float32)[:, None]
    gamma = np.exp(rng.uniform(-0.5, 0.5))
    gain = rng.uniform(0.75, 1.25) * rng.uniform(0.88, 1.12, 3)
    if rng.random() < DARK:  # a dark corner, a camera against the light
        gain *= rng.uniform(0.25, 0.7)
    table = np.clip((levels**gamma * gain + rng.normal(0, 0.04)) * 255, 0, 255).astype(np.uint8)
    lit = np.asarray(cv2.LUT(pixels, table[None].reshape(1, 256, 3)), np.uint8)
    if rng.random() < GREY:
        grey = np.asarray(cv2.cvtColor(lit, cv2.COLOR_RGB2GRAY), np.uint8)
        lit = np.repeat(grey[..., None], 3, axis=2)
    return lit


def _blurred(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    kind = rng.random()
    if kind < 0.5:
        return np.asarray(cv2.GaussianBlur(pixels, (0, 0), rng.uniform(0.4, 1.6)), np.uint8)
    if kind < 0.75:  # somebody walks
        length = int(rng.integers(3, 8))
        kernel = np.zeros((length, length), np.float32)
        kernel[length // 2] = 1 / length
        return np.asarray(cv2.filter2D(pixels, -1, kernel), np.uint8)
    height, width = pixels.shape[:2]  # a coarse sensor
    factor = rng.uniform(0.45, 0.9)
    small = cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
