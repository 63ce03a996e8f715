from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tests.worker.drawn import a_scene, centre_is_in
from worker.detectors.haar import HaarDetector


@pytest.fixture(scope="module")
def haar() -> HaarDetector:
    return HaarDetector(min_face_px=24, min_face_confidence=0.6)


def test_each_drawn_face_is_found_once_and_boxed(haar: HaarDetector) -> None:
    faces = haar.detect(a_scene((200, 200, 120), (450, 220, 160)))
    assert len(faces) == 2
    left, right = sorted(faces, key=lambda face: face.box.x0)
    assert centre_is_in(left.box, 200, 200)
    assert centre_is_in(right.box, 450, 220)
    assert 80 < left.box.width < 130


@pytest.mark.parametrize("seed", range(3))
def test_walls_and_noise_hold_no_faces(haar: HaarDetector, seed: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (240, 320, 3), np.uint8)
    assert haar.detect(noise) == []
    assert haar.detect(a_scene()) == []


def test_faces_below_the_smallest_size_are_left_out() -> None:
    scene = a_scene((200, 200, 120))
    assert HaarDetector(60, 0.6).detect(scene)
    assert HaarDetector(200, 0.6).detect(scene) == []


def test_boxes_stay_within_the_picture(haar: HaarDetector) -> None:
    scene = a_scene((200, 200, 160))[:, 140:]
    for face in haar.detect(np.ascontiguousarray(scene)):
        assert 0 <= face.box.x0 < face.box.x1 <= scene.shape[1]
        assert 0 <= face.box.y0 < face.box.y1 <= scene.shape[0]


def test_confidences_are_at_least_as_asked_and_the_surest_come_first() -> None:
    faces = HaarDetector(24, 0.05).detect(a_scene((120, 200, 60), (300, 220, 160), (520, 200, 100)))
    confidences = [face.face_confidence for face in faces]
    assert confidences == sorted(confidences, reverse=True)
    assert all(0.05 <= each <= 1 for each in confidences)


def test_threads_share_a_detector(haar: HaarDetector) -> None:
    scenes = [a_scene((100 + 40 * i, 200, 120)) for i in range(8)]
    alone = [haar.detect(scene) for scene in scenes]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(haar.detect, scenes)) == alone
