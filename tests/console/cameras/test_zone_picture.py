import numpy as np

from console.cameras import zone_picture, zone_texts
from console.cameras.zone_picture import Pixels

GREY = zone_picture.blank(800, 600)


def at(picture: Pixels, x: float, y: float) -> tuple[int, int, int]:
    """Blue, green and red at a place that is off the grid's lines."""
    height, width = picture.shape[:2]
    blue, green, red = picture[round(y * height), round(x * width)]
    return int(blue), int(green), int(red)


def test_included_areas_are_green_excluded_ones_red_and_the_rest_is_dark() -> None:
    zones = zone_texts.parse_all(["0.1,0.1 0.6,0.1 0.6,0.9 0.1,0.9"], ["0.25,0.45 0.45,0.45 0.45,0.75 0.25,0.75"])
    drawn = zone_picture.drawn(GREY, zones)
    blue, green, red = at(drawn, 0.15, 0.65)
    assert green > max(blue, red)
    blue, green, red = at(drawn, 0.35, 0.65)
    assert red > max(blue, green)
    assert max(at(drawn, 0.85, 0.65)) < 60


def test_without_including_areas_nothing_is_darkened() -> None:
    drawn = zone_picture.drawn(GREY, zone_texts.parse_all([], ["0.25,0.45 0.45,0.45 0.45,0.75 0.25,0.75"]))
    assert at(drawn, 0.85, 0.65) == (96, 96, 96)


def test_the_grid_is_a_tenth_apart() -> None:
    drawn = zone_picture.drawn(GREY, ())
    row = drawn[round(0.55 * 600), :, 0]
    lines = np.flatnonzero(row[60:] > 120) + 60  # right of the numbers at the edge
    assert [round(float(x) / 799, 2) for x in lines] == [tenth / 10 for tenth in range(1, 10)]


def test_a_small_picture_is_enlarged_and_the_original_stays() -> None:
    small = zone_picture.blank(160, 90)
    drawn = zone_picture.drawn(small, zone_texts.parse_all(["a=0,0 1,0 1,1"], []))
    assert drawn.shape == (360, 640, 3)
    assert (small == 96).all()
