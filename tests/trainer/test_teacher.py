"""The teacher on real pictures of the data folder beside the checkout."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from trainer.teacher import Teacher

DATA = Path(__file__).parents[2].parent / "shared" / "data"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="needs the data folder beside the checkout")


@pytest.fixture
def teacher() -> Teacher:
    return Teacher(DATA / "weights" / "face_detection_yunet_2023mar.onnx")


def test_it_finds_the_face_in_nearly_every_picture_and_boxes_are_numbers(teacher: Teacher) -> None:
    files = sorted((DATA / "faces" / "chandrikadeb7" / "with_mask").iterdir())[::60]
    boxes = [teacher.largest_face(np.asarray(cv2.imread(str(file)), np.uint8)) for file in files]
    found = [box for box in boxes if box is not None]
    assert len(found) >= 0.85 * len(files)
    assert np.isfinite(found).all()


def test_it_finds_nothing_where_nothing_is(teacher: Teacher) -> None:
    assert teacher.largest_face(np.full((120, 160, 3), 128, np.uint8)) is None
