import multiprocessing as mp
import os
import signal
import time
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pytest

from tests.trainer.detector.builders import a_page, boxes
from trainer.detector import cache
from trainer.detector.batches import SCENE_PX, WAITING_BATCHES, Material, ScenesEnded, batches, samples
from trainer.detector.mining import FalseFaces
from trainer.detector.targets import STRIDES


def test_pages_come_back_from_disk_as_they_were(tmp_path: Path) -> None:
    pages = [a_page("one", (10, 20, 60, 80), (90, 90, 130, 140), side=150), a_page("two", (5, 5, 40, 45), bare=True)]
    cache.save(pages, tmp_path / "pages.npz")
    for kept, page in zip(cache.load(tmp_path / "pages.npz"), pages, strict=True):
        assert kept.name == page.name
        assert (kept.pixels == page.pixels).all()
        assert (kept.faces == page.faces).all()
        assert (kept.kinds == page.kinds).all()
        assert kept.landmarks.shape == page.landmarks.shape
        assert len(kept.unclear) == 0


def test_batches_come_without_end(tmp_path: Path) -> None:
    with batches(_some_pages(tmp_path), 2, seed=1) as stream:
        for _ in range(3):
            pictures, targets = next(stream)
            assert pictures.shape == (2, SCENE_PX, SCENE_PX, 3)
            assert pictures.dtype == np.uint8
            assert targets.shape == (2, sum((SCENE_PX // stride) ** 2 for stride in STRIDES), 6)


def test_whoever_waits_for_scenes_is_told_when_none_come_any_more(tmp_path: Path) -> None:
    with batches(_some_pages(tmp_path), 1, seed=1) as stream:
        next(stream)
        for child in mp.active_children():
            child.kill()
        with pytest.raises(ScenesEnded, match="-9"):
            for _ in range(WAITING_BATCHES + 2):
                next(stream)


def test_false_faces_that_were_found_are_shown_again(tmp_path: Path) -> None:
    material = _some_pages(tmp_path)
    FalseFaces(np.array([0, 1]), boxes((5, 5, 30, 30), (100, 100, 140, 140))).save(material.false_faces)
    assert len(FalseFaces.load(material.false_faces).on([a_page("a"), a_page("b")])) == 2
    assert all(scene.shape == (SCENE_PX, SCENE_PX, 3) for scene in samples(material, seed=1, count=20))


def test_a_killed_trainer_leaves_no_process_behind(tmp_path: Path) -> None:
    told, tells = mp.get_context("spawn").Pipe(duplex=False)
    trainer = mp.get_context("spawn").Process(target=_train_until_killed, args=(tmp_path, tells))
    trainer.start()
    drawing = told.recv()
    assert trainer.pid is not None
    os.kill(trainer.pid, signal.SIGKILL)
    trainer.join()
    deadline = time.monotonic() + 30
    while _is_running(drawing):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _some_pages(folder: Path) -> Material:
    taught = [name for name in ("a", "b", "c", "d", "e", "f") if not a_page(name).is_validation]
    pages = [a_page(taught[0], (40, 40, 110, 120), bare=True), a_page(taught[1], (30, 50, 100, 130))]
    cache.save(pages, folder / "pages.npz")
    return Material(folder / "pages.npz", folder / "pages.npz", folder / "false_faces.npz")


def _train_until_killed(folder: Path, tells: "Connection[int, int]") -> None:
    with batches(_some_pages(folder), 1, seed=1) as stream:
        next(stream)
        (drawing,) = mp.active_children()
        assert drawing.pid is not None
        tells.send(drawing.pid)
        time.sleep(60)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
