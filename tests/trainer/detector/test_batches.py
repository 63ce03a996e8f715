import multiprocessing as mp
import os
import signal
import time
from multiprocessing.connection import Connection

import numpy as np

from tests.trainer.detector.builders import a_page
from trainer.detector.batches import SCENE_PX, batches
from trainer.detector.targets import STRIDES


def test_batches_come_without_end() -> None:
    pages = [a_page("bare", (40, 40, 110, 120), bare=True), a_page("masked", (30, 50, 100, 130))]
    stream = batches(pages, pages, 2, seed=1)
    for _ in range(3):
        pictures, targets = next(stream)
        assert pictures.shape == (2, SCENE_PX, SCENE_PX, 3)
        assert pictures.dtype == np.uint8
        assert targets.shape == (2, sum((SCENE_PX // stride) ** 2 for stride in STRIDES), 6)


def test_a_killed_trainer_leaves_no_process_behind() -> None:
    told, tells = mp.get_context("spawn").Pipe(duplex=False)
    trainer = mp.get_context("spawn").Process(target=_train_until_killed, args=(tells,))
    trainer.start()
    drawing = told.recv()
    assert trainer.pid is not None
    os.kill(trainer.pid, signal.SIGKILL)
    trainer.join()
    deadline = time.monotonic() + 30
    while _is_running(drawing):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _train_until_killed(tells: "Connection[int, int]") -> None:
    pages = [a_page("bare", (40, 40, 110, 120), bare=True), a_page("masked", (30, 50, 100, 130))]
    next(batches(pages, pages, 1, seed=1))
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
