"""What the motion gate costs, stage by stage."""

import time
from collections.abc import Callable
from statistics import median

import cv2
import numpy as np

from producer.motion.gate import MotionGate
from producer.pictures.reduction import reduced_luma
from producer.sources.base import Luma, Picture, Pixels
from tests.benchmarks.still_scenes import SensorNoise

_TIMES = 100


def stages_ms(picture: Pixels) -> dict[str, float]:
    """Median milliseconds of each stage for one picture, on one thread."""
    cv2.setNumThreads(1)
    height, width = picture.shape[:2]
    jpeg = cv2.imencode(".jpg", SensorNoise(3, picture.shape).on(picture), [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes()
    luma = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
    size = f"{width}x{height}"
    return {
        f"reduce a JPEG of {len(jpeg) // 1000} kB, {size}": _ms(lambda: reduced_luma(Picture(jpeg=jpeg))),
        f"reduce decoded brightness, {size}": _ms(lambda: reduced_luma(Picture(luma=lambda: luma))),
        f"reduce decoded colours, {size}": _ms(lambda: reduced_luma(Picture(pixels=lambda: picture))),
        "look, nothing moved": _ms(_looking(picture, 0)),
        "look, something moved": _ms(_looking(picture, 12)),
    }


def _looking(picture: Pixels, moved_px: int) -> Callable[[], object]:
    """Looks at a part of the picture that goes to and fro by so many pixels of the reduced one."""
    luma = reduced_luma(Picture(pixels=lambda: picture))
    assert luma is not None
    other: Luma = luma.copy()
    other[40:120, 40:100] = np.roll(luma, moved_px, axis=1)[40:120, 40:100]
    gate, lumas, looks = MotionGate("medium", 3600.0), (luma, other), iter(range(1_000_000))

    def look() -> object:
        index = next(looks)
        return gate.look(lumas[index % 2], 1280, 720, index * 0.2)

    return look


def _ms(work: Callable[[], object]) -> float:
    for _ in range(5):  # the first calls allocate
        work()
    seconds = []
    for _ in range(_TIMES):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return round(median(seconds) * 1000, 2)
