import numpy as np
import pytest

from shared.messages import Box
from tests.worker.drawn import a_scene
from worker.appearance import appearance, sight

FACE = Box(300, 100, 340, 150)


def dressed(colour: tuple[int, int, int], light: float = 1.0) -> tuple[int, ...]:
    picture = a_scene()
    picture[160:300, 250:400] = colour
    return appearance(np.clip(picture * light, 0, 255).astype(np.uint8), FACE)


def distance(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    return float(np.abs(np.subtract(one, other)).mean())


def test_appearance_is_twelve_bytes() -> None:
    colours = dressed((200, 40, 40))
    assert len(colours) == 12
    assert all(0 <= value <= 255 for value in colours)


def test_other_clothes_differ_more_than_other_light() -> None:
    blue = dressed((200, 40, 40))
    assert distance(blue, dressed((200, 40, 40), light=0.7)) < distance(blue, dressed((40, 40, 200))) / 2


@pytest.mark.parametrize("box", [Box(300, 430, 340, 478), Box(650, 300, 690, 350), Box(0, 0, 0, 0)])
def test_nothing_is_said_when_less_than_half_is_seen(box: Box) -> None:
    assert appearance(a_scene(), box) == ()


def test_a_sharp_face_counts_more_than_a_flat_wall() -> None:
    picture = a_scene((300, 200, 100))
    face, wall = sight(picture, Box(250, 140, 350, 260)), sight(picture, Box(450, 140, 550, 260))
    assert face.sharpness > 10 * wall.sharpness


def test_brightness_is_that_of_the_face_alone() -> None:
    picture = np.zeros((200, 200, 3), np.uint8)
    picture[80:120, 80:120] = 200
    assert sight(picture, Box(80, 80, 120, 120)).brightness == pytest.approx(200)
    assert sight(picture, Box(0, 0, 40, 40)).brightness == 0
