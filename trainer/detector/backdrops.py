"""What is no face: drawn rooms, patterns, writing, and pieces of photographs between the faces."""

from collections.abc import Sequence

import cv2
import numpy as np

from trainer.detector.album import Page, Pixels

SKIN = np.array([[255, 224, 196], [234, 192, 160], [200, 150, 120], [150, 100, 75], [95, 62, 45]], np.float32)


def backdrop(pages: Sequence[Page], height: int, width: int, rng: np.random.Generator) -> Pixels:
    """A picture without a face."""
    kind = rng.random()
    if kind < 0.5:
        base = piece(pages, height, width, rng)
        if rng.random() < 0.4:
            base = np.asarray(cv2.GaussianBlur(base, (0, 0), rng.uniform(0.5, 6)), np.uint8)
    elif kind < 0.65:
        base = clouds(height, width, rng)
    elif kind < 0.85:
        base = gradient(height, width, rng)
    else:
        base = stripes(height, width, rng)
    if rng.random() < 0.55:
        scribble(base, rng)
    if rng.random() < 0.35:
        for _ in range(rng.integers(1, 6)):
            skin_blob(base, rng)
    return base


def piece(pages: Sequence[Page], height: int, width: int, rng: np.random.Generator) -> Pixels:
    """A piece of a page outside of all its faces, at any scale, perhaps mirrored or upside down."""
    for _ in range(6):
        page = pages[int(rng.integers(len(pages)))]
        tall, wide = page.pixels.shape[:2]
        h, w = (int(side * rng.uniform(0.12, 0.7)) for side in (tall, wide))
        if min(h, w) < 12:
            continue
        y, x = int(rng.integers(0, tall - h + 1)), int(rng.integers(0, wide - w + 1))
        avoided = np.concatenate([page.faces, page.unclear])
        margin = 0.15 * (avoided[:, 2:] - avoided[:, :2])
        is_apart = (
            (avoided[:, 2] + margin[:, 0] < x)
            | (avoided[:, 0] - margin[:, 0] > x + w)
            | (avoided[:, 3] + margin[:, 1] < y)
            | (avoided[:, 1] - margin[:, 1] > y + h)
        )
        if is_apart.all():
            cut = page.pixels[y : y + h, x : x + w]
            cut = cut[:: int(rng.choice((1, 1, 1, -1))), :: int(rng.choice((1, -1)))]
            shrinks = h > height
            method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
            return np.array(cv2.resize(np.ascontiguousarray(cut), (width, height), interpolation=method), np.uint8)
    return clouds(height, width, rng)


def clouds(height: int, width: int, rng: np.random.Generator) -> Pixels:
    """Smooth noise of several sizes."""
    total = np.zeros((height, width, 3), np.float32)
    for cells in (2, 5, 12, 40):
        small = rng.standard_normal((cells, cells, 3), np.float32) * rng.uniform(0, 40)
        if rng.random() < 0.6:
            small[:] = small.mean(axis=2, keepdims=True)
        total += cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(total + _colour(rng), 0, 255), np.uint8)


def gradient(height: int, width: int, rng: np.random.Generator) -> Pixels:
    """One colour turning into another; often both the same."""
    corners = np.array([_colour(rng) for _ in range(4)], np.float32).reshape(2, 2, 3)
    if rng.random() < 0.5:
        corners[:] = corners[0, 0] + rng.normal(0, 8, (2, 2, 3))
    return np.clip(cv2.resize(corners, (width, height)), 0, 255).astype(np.uint8)


def stripes(height: int, width: int, rng: np.random.Generator) -> Pixels:
    """Bars, tiles or bricks."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    angle, period = rng.uniform(0, np.pi), rng.uniform(1, 13)
    across, along = (np.float32(part / period) for part in (np.cos(angle), np.sin(angle)))
    wave = np.sin(x * across + y * along)
    if rng.random() < 0.5:
        wave *= np.sin((y * across - x * along) * np.float32(rng.uniform(0.5, 2)))
    share = (np.clip(wave * np.float32(rng.uniform(0.5, 20)), -1, 1)[..., None] + 1) / 2
    return np.asarray(np.clip(share * _colour(rng) + (1 - share) * _colour(rng), 0, 255), np.uint8)


def scribble(pixels: Pixels, rng: np.random.Generator) -> None:
    """Draw frames, boxes, circles, lines and writing."""
    height, width = pixels.shape[:2]
    for _ in range(rng.integers(2, 18)):
        x0, y0 = int(rng.integers(-20, width)), int(rng.integers(-20, height))
        w, h = (int(np.exp(rng.uniform(np.log(6), np.log(180)))) for _ in range(2))
        colour = tuple(map(float, _colour(rng)))
        thickness = int(rng.choice((-1, -1, 1, 2, 4, 8)))
        kind = rng.integers(5)
        if kind <= 1:
            cv2.rectangle(pixels, (x0, y0), (x0 + w, y0 + h), colour, thickness)
        elif kind == 2:
            cv2.ellipse(pixels, (x0, y0), (w // 2 + 1, h // 2 + 1), rng.uniform(0, 180), 0, 360, colour, thickness)
        elif kind == 3:
            cv2.line(pixels, (x0, y0), (x0 + w, y0 + h * int(rng.choice((-1, 1)))), colour, abs(thickness))
        else:
            word = "".join(rng.choice(list("ABCDEHKMNOSTXZ 0123456789:/-."), rng.integers(2, 12)))
            scale = rng.uniform(0.3, 2.0)
            cv2.putText(pixels, word, (x0, y0 + h), int(rng.integers(0, 8)), scale, colour, abs(thickness) // 2 + 1)


def skin_blob(pixels: Pixels, rng: np.random.Generator) -> None:
    """Paint something round in a colour of skin, perhaps shaded, banded or capped, that is no face."""
    width = int(np.exp(rng.uniform(np.log(10), np.log(110))))
    height = int(width * rng.uniform(0.7, 1.7))
    y, x = (
        int(rng.integers(0, max(room - side, 1))) for room, side in zip(pixels.shape, (height, width), strict=False)
    )
    part = pixels[y : y + height, x : x + width]
    height, width = part.shape[:2]
    mask = np.zeros((height, width), np.float32)
    half = (max(int(width * 0.42), 1), max(int(height * 0.42), 1))
    cv2.ellipse(mask, (width // 2, height // 2), half, rng.uniform(-20, 20), 0, 360, 1.0, -1)
    paint = np.empty((height, width, 3), np.float32)
    paint[:] = SKIN[rng.integers(len(SKIN))] + rng.normal(0, 10, 3)
    paint *= 1 + float(rng.uniform(-0.4, 0.4)) * np.linspace(-1, 1, width, dtype=np.float32)[None, :, None]
    if rng.random() < 0.5:  # a band of cloth, a cap, a collar
        top = int(height * rng.uniform(0, 0.8))
        paint[top : top + int(height * rng.uniform(0.15, 0.6))] = _colour(rng)
    solid = cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.3, 2.5), borderType=cv2.BORDER_CONSTANT)[..., None]
    part[:] = np.clip(part * (1 - solid) + paint * solid, 0, 255).astype(np.uint8)


def _colour(rng: np.random.Generator) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    if rng.random() < 0.4:  # walls, clothes and streets are mostly grey
        return np.clip(np.full(3, rng.uniform(0, 255)) + rng.normal(0, 8, 3), 0, 255).astype(np.float32)
    return rng.uniform(0, 255, 3).astype(np.float32)
