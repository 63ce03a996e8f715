"""Batches made in another process, so that drawing scenes and fitting go on side by side."""

import multiprocessing as mp
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue
from pathlib import Path
from queue import Empty, Full

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.detector import cache
from trainer.detector.album import Page, Pixels
from trainer.detector.degrade import degraded
from trainer.detector.mining import FalseFaces
from trainer.detector.scenes import SceneMaker
from trainer.detector.targets import encode

SCENE_PX = 320
WAITING_BATCHES = 8
SECONDS_BETWEEN_LOOKS = 5.0  # at whether the other process is still there


class ScenesEnded(RuntimeError):
    """No more batches come: go on from the newest checkpoint."""


Batch = tuple[NDArray[np.uint8], NDArray[np.float32]]  # pictures (n, side, side, 3) RGB, targets (n, cells, 6)


def make_batch(maker: SceneMaker, count: int, rng: np.random.Generator) -> Batch:
    """Draw scenes with their targets."""
    scenes = [degraded(maker.scene(rng), rng) for _ in range(count)]
    targets = [encode(scene.faces, scene.unclear, *scene.size) for scene in scenes]
    return np.stack([scene.pixels for scene in scenes]), np.stack(targets)


@dataclass(frozen=True)
class Material:
    """What scenes are made of: two caches of pages, and the false faces on both, in this order, if there are any."""

    photographs: Path
    singles: Path
    false_faces: Path

    def taught(self) -> tuple[list[Page], list[Page]]:
        """The photographs and the pictures of single faces that are not for validation."""
        photographs, singles = (
            [page for page in cache.load(path) if not page.is_validation] for path in (self.photographs, self.singles)
        )
        return photographs, singles

    def validation(self) -> list[Page]:
        """The photographs that only choose."""
        return [page for page in cache.load(self.photographs) if page.is_validation]

    def maker(self) -> SceneMaker:
        """Makes scenes of all that."""
        photographs, singles = self.taught()
        false_faces = FalseFaces.load(self.false_faces).on([*photographs, *singles])
        return SceneMaker(photographs, singles, SCENE_PX, false_faces)


def samples(material: Material, seed: int, count: int = 200) -> Iterator[Pixels]:
    """Scenes as cameras show them, to find the ranges that an integer network must hold."""
    maker, rng = material.maker(), np.random.default_rng(seed)
    for _ in range(count):
        yield degraded(maker.scene(rng), rng).pixels


@contextmanager
def batches(material: Material, count: int, seed: int) -> Iterator[Iterator[Batch]]:
    """Batches without end, made by another process while the context lasts; it ends with this one too."""
    # Begun anew, not forked: OpenCV's threads would be missing in a copy, and it would wait for them for good.
    context = mp.get_context("spawn")
    queue: Queue[Batch] = context.Queue(WAITING_BATCHES)
    process = context.Process(target=_fill, args=(queue, material, count, seed), daemon=True)
    process.start()
    try:
        yield _drain(queue, process)
    finally:
        process.kill()
        process.join()


def _fill(queue: "Queue[Batch]", material: Material, count: int, seed: int) -> None:
    # Ctrl-C reaches a terminal's whole group; this process ends when the one that it works for does.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(1)
    maker = material.maker()
    queue.cancel_join_thread()  # what nobody fetched keeps this process no longer
    rng = np.random.default_rng(seed)
    while True:
        batch = make_batch(maker, count, rng)
        while not _is_put(batch, queue):
            # A parent that was killed took nobody along; nobody waits for batches then.
            if not _has_parent():
                return


def _is_put(batch: Batch, queue: "Queue[Batch]") -> bool:
    try:
        queue.put(batch, timeout=SECONDS_BETWEEN_LOOKS)
    except Full:
        return False
    return True


def _has_parent() -> bool:
    parent = mp.parent_process()
    return parent is not None and parent.is_alive()


def _drain(queue: "Queue[Batch]", process: BaseProcess) -> Iterator[Batch]:
    while True:
        try:
            yield queue.get(timeout=SECONDS_BETWEEN_LOOKS)
        except Empty:
            if not process.is_alive():
                raise ScenesEnded(f"the process that draws scenes ended by itself ({process.exitcode})") from None
