import cv2
import numpy as np
import pytest

from shared.face_crops import square_around
from shared.messages import Box
from tests.worker.drawn import a_scene
from worker.cropping import crop_square, face_jpeg


def test_a_square_within_the_picture_is_just_that_part() -> None:
    picture = np.random.default_rng(1).integers(0, 255, (100, 120, 3), np.uint8)
    assert np.array_equal(crop_square(picture, Box(40, 30, 60, 50), margin=0), picture[30:50, 40:60])


@pytest.mark.parametrize(
    "box", [Box(-20, -20, 20, 20), Box(100, 80, 140, 130), Box(0, 0, 400, 400), Box(300, 300, 310, 310)]
)
def test_what_lies_outside_is_repeated_from_the_edge(box: Box) -> None:
    picture = np.random.default_rng(1).integers(0, 255, (100, 120, 3), np.uint8)
    left, top, side = square_around(box, 0.1)
    padded = np.pad(picture, ((500, 500), (500, 500), (0, 0)), mode="edge")
    assert np.array_equal(crop_square(picture, box, 0.1), padded[500 + top :, 500 + left :][:side, :side])


def test_a_box_without_area_still_gives_a_pixel() -> None:
    assert crop_square(a_scene(), Box(10, 10, 10, 10), margin=0.2).shape == (1, 1, 3)


@pytest.mark.parametrize(("size", "expected"), [(20, 96), (80, 128), (400, 160)])
def test_the_jpeg_of_a_face_is_neither_tiny_nor_large(size: int, expected: int) -> None:
    jpeg = face_jpeg(a_scene(), Box(200, 100, 200 + size, 100 + size))
    decoded = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    assert decoded.shape == (expected, expected, 3)
