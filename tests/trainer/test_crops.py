"""Faces cut out of pictures as the contract in shared.model_registry says."""

from pathlib import Path

import cv2
import numpy as np

from shared.messages import Label
from trainer.clusters import near_duplicates
from trainer.crops import Crop, Cutter, Dropped, Pixels, cut
from trainer.data_set import Box, Face


def a_face(file: Path, box: Box | None = None) -> Face:
    return Face(file, "gate", Label.WITH_MASK, "", box)


def test_the_crop_is_the_square_around_the_box_with_its_margin() -> None:
    picture = np.zeros((100, 200, 3), np.uint8)
    picture[30:70, 80:120] = 255
    # 20 x 32 around (100, 50): the square is 40 wide, just the white part.
    assert (cut(picture, (90, 34, 110, 66), 0.125, 40) == 255).all()


def test_what_lies_outside_the_picture_is_repeated_from_its_edge() -> None:
    picture = np.zeros((50, 50, 3), np.uint8)
    picture[:, 0] = 200
    crop = cut(picture, (-5, 10, 15, 30), 0.5, 40)
    assert (crop[:, :15] == 200).all()
    assert (crop[:, 17:] == 0).all()


def test_crops_are_rgb_and_remember_the_width_of_the_face(tmp_path: Path) -> None:
    picture = np.zeros((60, 60, 3), np.uint8)
    picture[:, :, 0] = 255  # blue, as OpenCV orders colours
    cv2.imwrite(str(tmp_path / "blue.png"), picture)
    crop = Cutter(None, 0.1, 32).crop(a_face(tmp_path / "blue.png", (10, 10, 34, 40)))
    assert isinstance(crop, Crop)
    assert crop.pixels[16, 16].tolist() == [0, 0, 255]
    assert crop.width_px == 24


def test_unreadable_missing_and_tiny_pictures_are_dropped_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "text.jpg").write_text("no picture")
    cv2.imwrite(str(tmp_path / "tiny.png"), np.zeros((8, 8, 3), np.uint8))
    cutter = Cutter(None, 0.1, 32)
    reasons = [cutter.crop(a_face(tmp_path / name)) for name in ("empty.jpg", "text.jpg", "nowhere.jpg", "tiny.png")]
    assert [each.reason for each in reasons if isinstance(each, Dropped)] == [
        "unreadable picture",
        "unreadable picture",
        "unreadable picture",
        "smaller than 12 pixels",
    ]


def test_near_duplicates_share_a_cluster_and_other_pictures_do_not() -> None:
    random = np.random.default_rng(3)
    first, other = (_scaled(np.asarray(random.integers(0, 256, (6, 6, 3)), np.uint8), 96) for _ in range(2))
    _, data = cv2.imencode(".jpg", _scaled(first, 60), [cv2.IMWRITE_JPEG_QUALITY, 60])
    copy = _scaled(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8), 96)
    assert near_duplicates([other, first, copy]) == [0, 1, 1]


def _scaled(picture: Pixels, side: int) -> Pixels:
    return np.asarray(cv2.resize(picture, (side, side), interpolation=cv2.INTER_CUBIC), np.uint8)
