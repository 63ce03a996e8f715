import time
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import pytest

from producer.sources.base import NoSuchDemo
from producer.sources.demo import scene
from producer.sources.demo.figure import PORTRAIT
from producer.sources.demo_feed import DemoFeed

CASCADE = Path(cv2.__file__).parent / "data" / "haarcascade_frontalface_default.xml"
ONE_ROUND = range(0, 140, 7)


class Rectangle(NamedTuple):
    left: int
    top: int
    width: int
    height: int


def _faces(has_mask: bool, frame_number: int) -> list[Rectangle]:
    cascade = cv2.CascadeClassifier(str(CASCADE))
    grey = cv2.cvtColor(scene.draw(has_mask, frame_number), cv2.COLOR_BGR2GRAY)
    return [Rectangle(*map(int, face)) for face in cascade.detectMultiScale(grey, 1.1, 5, minSize=(24, 24))]


def test_haar_finds_the_bare_face_in_every_picture_and_nothing_else() -> None:
    found = [_faces(False, number) for number in ONE_ROUND]
    assert {len(faces) for faces in found} == {1}
    assert all(80 <= faces[0].width <= 105 for faces in found)
    lefts = [faces[0].left for faces in found]
    assert max(lefts) - min(lefts) > 300


def test_haar_finds_nothing_but_the_face_behind_the_mask() -> None:
    found = [len(_faces(True, number)) for number in ONE_ROUND]
    assert max(found) == 1
    assert found.count(1) >= len(found) * 0.8


def test_a_picture_depends_on_its_number_alone() -> None:
    assert np.array_equal(scene.draw(True, 33), scene.draw(True, 33))
    assert not np.array_equal(scene.draw(True, 33), scene.draw(True, 34))


def test_the_feed_runs_in_real_time() -> None:
    began_at = time.monotonic()
    assert len(list(islice(DemoFeed("demo:bare").pictures(), 6))) == 6
    assert 0.45 < time.monotonic() - began_at < 2


def test_a_feed_that_does_not_exist_names_those_that_do() -> None:
    with pytest.raises(NoSuchDemo, match="demo:bare or demo:masked"):
        DemoFeed("demo:none")


def test_the_photograph_stays_small() -> None:
    assert PORTRAIT.stat().st_size < 40_000
