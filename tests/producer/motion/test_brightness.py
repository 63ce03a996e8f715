"""How bright one picture is beside another."""

import numpy as np
import pytest

from producer.motion.brightness import gain_between, local_gains, tells_of_light
from tests.producer.motion.drawn import Room, a_room


def cells() -> Room:
    return a_room()[::4, ::4].copy()


@pytest.mark.parametrize("gain", [0.4, 0.8, 1.0, 1.2, 1.6])
@pytest.mark.parametrize("moved", [0.0, 0.2, 0.45])
def test_the_gain_is_found_although_something_large_moved(gain: float, moved: float) -> None:
    now = gain * cells()
    now[:, : round(moved * now.shape[1])] = 30
    assert gain_between(cells(), now, tells_of_light(cells())) == pytest.approx(gain, rel=0.03)


def test_what_is_black_or_blown_out_tells_of_no_gain() -> None:
    for level in (0, 255):
        picture = np.full((45, 80), level, np.float32)
        assert gain_between(picture, 0.5 * picture, tells_of_light(picture)) == 1.0


def test_a_lamp_in_one_half_is_seen_there_alone() -> None:
    lit = cells()
    lit[:, 40:] *= 1.2
    gains = local_gains(cells(), lit)
    assert gains.shape == (23, 40)  # of every second cell
    assert np.abs(gains[:, :16] - 1).max() < 0.01
    assert np.abs(gains[:, 24:] - 1.2).max() < 0.04


def test_what_moved_is_not_taken_for_light() -> None:
    moved = cells()
    moved[10:17, 30:36] = 250
    assert np.abs(local_gains(cells(), moved) - 1).max() < 0.01
