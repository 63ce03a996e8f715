"""What a picture does although nothing moves."""

import numpy as np

from producer.motion.noise import LearntNoise, Texture, noise_of

STEP_S = 0.2


def learnt(levels: list[float], bar: float = 5.0) -> float:
    """What one cell is used to after differences of these levels, of which those above the bar are motion."""
    noise = LearntNoise(1, 1)
    for level in levels:
        cell = np.full((1, 1), level, np.float32)
        noise.learn(cell, cell > bar, STEP_S)
    return float(noise.levels[0, 0])


def test_the_noise_is_that_of_the_quiet_cells() -> None:
    levels = np.full((45, 80), 1.5, np.float32)
    levels[:20] = 60
    assert np.allclose(noise_of(levels, Texture(np.zeros_like(levels))), 1.5)


def test_textured_cells_may_differ_more_if_all_of_them_do() -> None:
    texture = np.tile(np.linspace(0, 30, 80, dtype=np.float32), (45, 1))
    shaken = noise_of(1 + 0.05 * texture, Texture(texture))
    assert shaken[0, -1] > 2
    assert noise_of(np.ones_like(texture), Texture(texture))[0, -1] < 1.1


def test_quiet_differences_are_learnt_within_seconds_and_motion_that_passes_never() -> None:
    assert learnt([3.0] * 50) > 2.5
    passing = ([40.0] * 4 + [0.5] * 11) * 10  # somebody crosses every three seconds
    assert learnt(passing) < 2


def test_motion_that_comes_again_and_again_or_never_ends_is_learnt() -> None:
    assert learnt(([40.0] + [0.5] * 4) * 15) > 20
    assert learnt([40.0] * 90) > 20


def test_what_was_learnt_is_forgotten_slowly() -> None:
    flicker = ([40.0] + [0.5] * 4) * 20
    assert learnt(flicker + [0.5] * 50) > 10
    assert learnt(flicker + [0.5] * 600) < 2
