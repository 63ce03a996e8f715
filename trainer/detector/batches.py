"""Batches made in another process, so that drawing scenes and fitting go on side by side."""

import multiprocessing as mp
from collections.abc import Iterator
from multiprocessing.queues import Queue
from pathlib import Path
from queue import Full

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.detector import cache
from trainer.detector.album import Page
from trainer.detector.degrade import degraded
from trainer.detector.scenes import SceneMaker
from trainer.detector.targets import encode

SCENE_PX = 256
WAITING_BATCHES = 8

Batch = tuple[NDArray[np.uint8], NDArray[np.float32]]  # pictures (n, side, side, 3) RGB, targets (n, cells, 6)


def make_batch(maker: SceneMaker, count: int, rng: np.random.Generator) -> Batch:
    """Draw scenes with their targets."""
    scenes = [degraded(maker.scene(rng), rng) for _ in range(count)]
    targets = [encode(scene.faces, scene.unclear, *scene.size) for scene in scenes]
    return np.stack([scene.pixels for scene in scenes]), np.stack(targets)


def batches(photographs: Path, singles: Path, count: int, seed: int) -> Iterator[Batch]:
    """Batches without end, of the pages of two caches that are not for validation.

    The process that makes them ends with this one.
    """
    # Begun anew, not forked: OpenCV's threads would be missing in a copy, and it would wait for them for good.
    context = mp.get_context("spawn")
    queue: Queue[Batch] = context.Queue(WAITING_BATCHES)
    process = context.Process(target=_fill, args=(queue, photographs, singles, count, seed), daemon=True)
    process.start()
    return _drain(queue)


def _fill(queue: "Queue[Batch]", photographs: Path, singles: Path, count: int, seed: int) -> None:
    cv2.setNumThreads(1)
    maker = SceneMaker(_taught(photographs), _taught(singles), SCENE_PX)
    queue.cancel_join_thread()  # what nobody fetched keeps this process no longer
    rng = np.random.default_rng(seed)
    while True:
        batch = make_batch(maker, count, rng)
        while not _is_put(batch, queue):
            # A parent that was killed took nobody along; nobody waits for batches then.
            if not _has_parent():
                return


def _taught(path: Path) -> list[Page]:
    return [page for page in cache.load(path) if not page.is_validation]


def _is_put(batch: Batch, queue: "Queue[Batch]") -> bool:
    try:
        queue.put(batch, timeout=5)
    except Full:
        return False
    return True


def _has_parent() -> bool:
    parent = mp.parent_process()
    return parent is not None and parent.is_alive()


def _drain(queue: "Queue[Batch]") -> Iterator[Batch]:
    while True:
        yield queue.get()
