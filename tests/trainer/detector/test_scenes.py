from dataclasses import replace

import numpy as np
import pytest

from tests.trainer.detector.builders import a_page, boxes
from trainer.detector.batches import make_batch
from trainer.detector.canvas import Canvas
from trainer.detector.degrade import degraded
from trainer.detector.mining import mine
from trainer.detector.scenes import SceneMaker
from trainer.detector.swaps import FaceSwapper
from trainer.detector.targets import COUNTS, IS_FACE


@pytest.fixture
def maker() -> SceneMaker:
    photographs = [a_page("street", (20, 20, 50, 55), (80, 90, 110, 125))]
    singles = [a_page("bare", (40, 40, 110, 120), bare=True), a_page("masked", (30, 50, 100, 130))]
    return SceneMaker(photographs, singles, 128)


def test_boxes_stay_within_the_scene_and_are_large_enough_to_see(maker: SceneMaker) -> None:
    rng = np.random.default_rng(1)
    scenes = [degraded(maker.scene(rng), rng) for _ in range(60)]
    faces = np.concatenate([scene.faces for scene in scenes])
    assert len(faces) > 60
    assert faces.min() >= 0
    assert faces.max() <= 128
    assert (faces[:, 2:] - faces[:, :2]).min() >= 4


def test_the_same_seed_draws_the_same_batch(maker: SceneMaker) -> None:
    one, other = (make_batch(maker, 6, np.random.default_rng(3)) for _ in range(2))
    assert (one[0] == other[0]).all()
    assert (one[1] == other[1]).all()
    assert one[1][..., IS_FACE].any()
    assert one[1][..., COUNTS].mean() > 0.5


def test_a_face_half_hidden_behind_something_is_unclear_and_one_fully_hidden_is_none() -> None:
    scene = Canvas(np.zeros((100, 100, 3), np.uint8), boxes((10, 10, 30, 30), (60, 60, 80, 80)), boxes())
    scene.cover(boxes((0, 0, 20, 100))[0])
    scene.cover(boxes((55, 55, 90, 90))[0])
    assert len(scene.faces) == 0
    assert scene.unclear.tolist() == [[10, 10, 30, 30]]


def test_mirroring_moves_the_boxes_along() -> None:
    pixels = np.zeros((64, 64, 3), np.uint8)
    pixels[20:40, 5:25] = 255
    for seed in range(8):
        scene = degraded(Canvas(pixels, boxes((5, 20, 25, 40)), boxes()), np.random.default_rng(seed))
        x0, y0, x1, y1 = scene.faces[0].astype(int)
        inside = scene.pixels[y0:y1, x0:x1].mean()
        assert inside > scene.pixels.mean()


def test_bare_faces_take_the_place_of_masked_ones_and_nothing_else_changes() -> None:
    street, bare = a_page("street", (20, 20, 50, 55), (90, 90, 130, 140)), a_page("bare", (40, 40, 110, 120), bare=True)
    swapper = FaceSwapper([replace(bare, pixels=255 - bare.pixels)])
    swapped = swapper.swapped(street, 1.0, np.random.default_rng(1))
    assert swapped.is_bare.all()
    assert not street.is_bare.any()
    assert (swapped.faces == street.faces).all()
    is_changed = (swapped.pixels != street.pixels).any(axis=2)
    assert is_changed[20:55, 20:50].mean() > 0.5
    assert not is_changed[60:80].any()


def test_with_no_bare_face_at_hand_a_page_stays_as_it_is() -> None:
    street = a_page("street", (20, 20, 50, 55))
    assert FaceSwapper([]).swapped(street, 1.0, np.random.default_rng(1)) is street


def test_what_was_taken_for_a_face_and_may_be_one_is_not_shown_as_none() -> None:
    page = replace(a_page("street", (20, 20, 50, 55)), unclear=boxes((80, 80, 100, 100)))
    found = boxes((22, 20, 50, 54), (80, 82, 100, 100), (120, 10, 150, 40), (0, 0, 8, 8))
    mined = mine(lambda _: (found, np.zeros(4, np.float32)), [page])
    assert mined.boxes.tolist() == [[120, 10, 150, 40]]
