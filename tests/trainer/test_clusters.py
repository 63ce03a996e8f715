"""Which pictures count as near-duplicates."""

import cv2
import numpy as np

from tests.trainer.drawn import draw_face
from trainer.clusters import near_duplicates
from trainer.crops import Pixels


def noise(seed: int) -> Pixels:
    small = np.random.default_rng(seed).integers(0, 256, (8, 8, 3), np.uint8)
    return np.asarray(cv2.resize(small, (96, 96), interpolation=cv2.INTER_CUBIC), np.uint8)


def compressed(picture: Pixels) -> Pixels:
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 40])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def test_copies_that_were_compressed_scaled_or_lit_anew_share_a_cluster() -> None:
    picture = noise(1)
    scaled = np.asarray(cv2.resize(cv2.resize(picture, (40, 40)), (96, 96)), np.uint8)
    darker = np.asarray(picture * 0.6, np.uint8)
    assert near_duplicates([picture, noise(2), compressed(picture), scaled, darker]) == [0, 1, 0, 0, 0]


def test_pictures_that_are_said_to_belong_together_do_even_if_nothing_shows_it() -> None:
    assert near_duplicates([noise(1), noise(2), noise(3)], ["", "walk", "walk"]) == [0, 1, 1]


def test_a_chain_of_likeness_and_names_makes_one_cluster() -> None:
    assert near_duplicates([noise(1), noise(2), compressed(noise(2))], ["a", "a", ""]) == [0, 0, 0]


def test_blank_pictures_are_like_nothing() -> None:
    blank = np.zeros((96, 96, 3), np.uint8)
    assert near_duplicates([blank, blank, draw_face(np.random.default_rng(1), has_mask=True)]) == [0, 1, 2]


def test_no_pictures_make_no_clusters() -> None:
    assert near_duplicates([]) == []
