"""Variants of crops, and what validation sees."""

import numpy as np

from trainer.augmentation import SURROUNDINGS, Augmenter, centres, seen_small
from trainer.batches import sampling_weights


def crops(number: int, side: int = 45) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.asarray(np.random.default_rng(1).integers(0, 256, (number, side, side, 3)), np.uint8)


def test_variants_have_the_networks_size_and_the_seed_decides_them() -> None:
    crop = crops(1)[0]
    first, again, other = (Augmenter(32, seed) for seed in (1, 1, 2))
    for _ in range(40):
        one, same, different = first.variant(crop), again.variant(crop), other.variant(crop)
        assert one.shape == (32, 32, 3)
        assert one.dtype == np.uint8
        assert (one == same).all()
        assert (one != different).any()


def test_the_centre_is_what_lies_within_the_surroundings() -> None:
    side = round(32 * SURROUNDINGS)
    pixels = np.zeros((1, side, side, 3), np.uint8)
    margin = (side - 32) // 2
    pixels[:, margin : margin + 32, margin : margin + 32] = 255
    assert (centres(pixels, 32) == 255).all()


def test_a_face_seen_small_keeps_its_size_and_loses_its_detail() -> None:
    pictures = crops(2, 32)
    small = seen_small(pictures, 8)
    assert small.shape == pictures.shape
    assert small.std() < pictures.std() / 2


def test_both_labels_are_drawn_equally_and_small_groups_more_often() -> None:
    groups = ["wide/mask"] * 90 + ["scene/bare"] * 1 + ["tight/bare"] * 9
    weights = sampling_weights(groups, np.array([0] * 90 + [1] * 10))
    assert np.isclose(weights.sum(), 1)
    assert np.isclose(weights[:90].sum(), 0.5)
    assert np.isclose(weights[90] / weights[91:].sum(), 1 / 3)


def test_a_rare_further_class_is_drawn_more_often_than_its_share_and_less_than_a_label() -> None:
    groups = ["mask"] * 400 + ["bare"] * 400 + ["incorrect"] * 4
    weights = sampling_weights(groups, np.array([0] * 400 + [1] * 400 + [2] * 4))
    assert np.isclose(weights[800:].sum() / weights[:400].sum(), 0.1)
